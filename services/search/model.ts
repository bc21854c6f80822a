import { Currency } from '#shared/money'
import { booleanText, closed, decimalText, integerText, named, oneOf, ProductId, Sku, type Static, Time, t, text } from '#shared/schema'
import { sorts } from './domain'
import type { Suggestion } from './domain-suggest'
import type { Found, FoundProduct } from './find'

/** How far a search can be paged through. */
export const deepest = 10_000

export const SearchQuery = closed({
  keyword: t.Optional(
    t.String({
      description:
        'What is searched for, in any language and spelling. The first 256 characters and 12 words count. Without one, every product is found',
      examples: ['wireless headphones'],
    }),
  ),
  category: t.Optional(t.String({ minLength: 1, maxLength: 100, description: 'Name, slug or id; includes its descendants' })),
  min_price: t.Optional(decimalText()),
  max_price: t.Optional(decimalText()),
  in_stock: t.Optional(booleanText()),
  tag: t.Optional(t.String({ minLength: 1, maxLength: 64 })),
  min_rating: t.Optional(decimalText({ maximum: 5 })),
  sort: t.Optional(named('SearchSort', oneOf(sorts))),
  skip: integerText({ default: 0 }),
  limit: integerText({ minimum: 1, maximum: 100, default: 20 }),
  explain: t.Optional(
    t.Union([t.Literal('true'), t.Literal('false')], { description: 'For administrators: why each product is where it is' }),
  ),
})

const Pieces = t.Array(named('HighlightedPiece', t.Object({ text: t.String(), match: t.Boolean() })), {
  description: 'The text in pieces, those that were searched for marked. It is plain text, to be escaped like all text',
  examples: [
    [
      { text: 'Studio ', match: false },
      { text: 'headphones', match: true },
    ],
  ],
})
const Explanation = named(
  'SearchExplanation',
  t.Object(
    {
      words: t.Integer(),
      rarity: t.Integer(),
      typos: t.Integer(),
      words_in_name: t.Integer(),
      neighbours_in_name: t.Integer(),
      whole_name: t.Boolean(),
      field_weight: t.Integer(),
      exactness: t.Integer(),
      in_stock: t.Boolean(),
      popularity: t.Integer(),
      share_of_name: t.Integer(),
    },
    { description: 'The rules in their order: each decides between products that all rules before hold equal' },
  ),
)
const Item = named(
  'FoundProduct',
  t.Object({
    id: ProductId,
    name: t.String({ examples: ['Notebook 14'] }),
    description: t.String({ description: 'Its beginning', examples: ['14 inches, 512 GB'] }),
    price: t.Number({ description: 'In major units', examples: [1500] }),
    currency: Currency,
    category: t.String({ examples: ['Notebooks'] }),
    category_ids: t.Array(t.String(), { examples: [['652f1f77bcf86cd799430001']] }),
    sku: Sku,
    tags: t.Array(t.String(), { examples: [['laptop']] }),
    images: t.Array(t.String(), { examples: [['https://shop.example/notebook.webp']] }),
    stock: t.Integer({ description: 'Available quantity of all SKUs', examples: [25] }),
    rating: t.Optional(
      named(
        'ProductRating',
        t.Object(
          { average: t.Number({ examples: [4.5] }), count: t.Integer({ examples: [12] }) },
          { description: 'Of its published reviews; absent while there are none' },
        ),
      ),
    ),
    created_at: Time,
    highlights: named('SearchHighlights', t.Object({ name: t.Optional(Pieces), description: t.Optional(Pieces) })),
    explain: t.Optional(Explanation),
  }),
)
export const SearchResult = named(
  'SearchResult',
  t.Object({
    items: t.Array(Item),
    total: t.Integer({ description: `Counted to ${deepest}` }),
    total_capped: t.Optional(t.Boolean({ description: 'There are more than `total`' })),
    skip: t.Integer(),
    limit: t.Integer(),
    corrected: t.Optional(t.String({ description: 'What was found instead, where nothing is spelled like the keyword' })),
    shortened: t.Optional(t.Boolean({ description: 'The keyword was longer than what is searched for' })),
    facets: named(
      'SearchFacets',
      t.Object(
        {
          categories: t.Array(
            named(
              'CategoryFacet',
              t.Object({
                id: t.String({ examples: ['652f1f77bcf86cd799430001'] }),
                name: t.String({ examples: ['Notebooks'] }),
                slug: t.Optional(t.String()),
                count: t.Integer(),
              }),
            ),
          ),
          price_ranges: t.Array(
            named('PriceFacet', t.Object({ from: t.Number(), to: t.Number({ description: 'Not included' }), count: t.Integer() })),
          ),
          price_currency: t.Optional(
            t.String({ description: 'Of the price ranges; absent where the products found have several currencies', examples: ['USD'] }),
          ),
          tags: t.Array(named('TagFacet', t.Object({ tag: t.String({ examples: ['laptop'] }), count: t.Integer() }))),
          ratings: t.Array(named('RatingFacet', t.Object({ min: t.Integer(), count: t.Integer() }))),
        },
        { description: 'Products found by category (with its descendants), price, tag and rating. Each leaves its own filter aside' },
      ),
    ),
  }),
)

const longestDescription = 300
const beginningOf = (text: string) =>
  text.length <= longestDescription
    ? text
    : `${text
        .slice(0, longestDescription)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`

const itemView = ({ hit, highlights, explanation, ...product }: FoundProduct): Static<typeof Item> => ({
  id: product.id,
  name: product.name,
  description: beginningOf(product.description),
  price: hit.price,
  currency: hit.currency,
  category: product.category,
  category_ids: product.category_ids,
  sku: product.sku,
  tags: product.tags,
  images: product.images,
  stock: hit.available,
  ...(hit.ratings > 0 && { rating: { average: hit.rating, count: hit.ratings } }),
  created_at: new Date(product.created_at).toISOString(),
  highlights,
  ...(explanation && { explain: explanation }),
})

export const resultView = (
  { items, total, corrected, shortened, facets: { prices, currency, ...facets } }: Found,
  { skip, limit }: Static<typeof SearchQuery>,
): Static<typeof SearchResult> => ({
  items: items.map(itemView),
  total: Math.min(total, deepest),
  ...(total > deepest && { total_capped: true }),
  skip,
  limit,
  ...(corrected !== undefined && { corrected }),
  ...(shortened && { shortened }),
  facets: { ...facets, price_ranges: prices, ...(currency !== undefined && { price_currency: currency }) },
})

export const SuggestionQuery = closed({
  q: t.String({ description: 'What is typed so far', examples: ['head'] }),
  limit: integerText({ minimum: 1, maximum: 20, default: 8 }),
})
export const Suggestions = named(
  'Suggestions',
  t.Object({
    items: t.Array(
      named('Suggestion', t.Object({ text: t.String(), count: t.Integer({ description: 'Products that have all of its words' }) })),
    ),
  }),
)
export const suggestionsView = (items: Suggestion[]): Static<typeof Suggestions> => ({ items })

export const TrendingQuery = closed({ limit: integerText({ minimum: 1, maximum: 50, default: 10 }) })
export const TrendingView = named(
  'TrendingSearches',
  t.Object({
    items: t.Array(
      named(
        'TrendingSearch',
        t.Object({ query: t.String(), people: t.Integer({ description: 'Asked by about so many different people, at least three' }) }),
      ),
    ),
  }),
)

const Group = t.Array(text(60, 'sofa'), { minItems: 2, maxItems: 20, uniqueItems: true })
export const SynonymsView = named('Synonyms', t.Object({ groups: t.Array(t.Array(t.String())) }))
export const NewSynonyms = named(
  'NewSynonyms',
  closed(
    { groups: t.Array(Group, { maxItems: 1000, description: 'Each group holds words or phrases that mean the same' }) },
    { examples: [{ groups: [['sofa', 'couch']] }] },
  ),
)

export const ProgressView = named(
  'ReindexProgress',
  t.Object({
    state: oneOf(['never', 'running', 'done', 'failed'], ['running']),
    products: t.Integer({ description: 'Read so far, or in the index when it was done' }),
    started_at: t.Optional(Time),
    finished_at: t.Optional(Time),
  }),
)
