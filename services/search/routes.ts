import type { User } from '#shared/auth'
import { networkOf } from '#shared/client-address'
import { forbidden, invalid, unauthenticated } from '#shared/errors'
import type { Http } from '#shared/http'
import type { Static } from '#shared/schema'
import type { SearchService } from './compose'
import type { Filters } from './domain'
import {
  deepest,
  NewSynonyms,
  ProgressView,
  resultView,
  SearchQuery,
  SearchResult,
  SuggestionQuery,
  Suggestions,
  SynonymsView,
  suggestionsView,
  TrendingQuery,
  TrendingView,
} from './model'

type Query = Static<typeof SearchQuery>

const filtersOf = ({ category, min_price, max_price, in_stock, tag, min_rating }: Query): Filters => ({
  ...(category !== undefined && { category }),
  ...(min_price !== undefined && { min_price }),
  ...(max_price !== undefined && { max_price }),
  ...(in_stock !== undefined && { in_stock: in_stock === 'true' }),
  ...(tag !== undefined && { tag }),
  ...(min_rating !== undefined && { min_rating }),
})

const requireAdminToExplain = ({ explain }: Query, user: User | undefined) => {
  if (explain !== 'true') return
  if (!user) throw unauthenticated('token_required', 'Only administrators can have a search explained; log in as one.')
  if (user.role !== 'admin') throw forbidden('Only administrators can have a search explained.')
}
const requireNear = ({ skip }: Query) => {
  if (skip > deepest)
    throw invalid('search_too_deep', `A search shows its first ${deepest} products; narrow it down with filters to see others.`)
}

export const searchRoutes = ({
  http,
  find,
  live,
  trending,
  synonyms,
  reindexing,
}: Pick<SearchService, 'find' | 'live' | 'trending' | 'synonyms' | 'reindexing'> & { http: Http }) =>
  http('/api/search')
    .get(
      '/',
      async ({ query, user, headers }) => {
        requireAdminToExplain(query, user)
        requireNear(query)
        const { keyword = '', sort = 'relevance', skip, limit } = query
        const found = await find({ keyword, filters: filtersOf(query), sort, skip, limit, explained: query.explain === 'true' })
        // Everybody is shown what others search for: nothing but words of the catalog, and counted by network, since accounts are easier to come by.
        // The answer does not wait for it, and does not fail with it.
        if (skip === 0 && found.total > 0 && found.whole) trending.note(keyword, networkOf(headers)).catch(() => {})
        return resultView(found, query)
      },
      {
        guest: true,
        query: SearchQuery,
        response: SearchResult,
        problems: ['token_required', 'forbidden', 'search_too_deep', 'search_not_ready'],
        detail: {
          operationId: 'searchProducts',
          summary: 'Products by keyword, with facets; typos, word beginnings and several languages are understood',
          description:
            'By relevance, products go by: how many words match, how few typos they need, how many of the words are in the name, and next to each other; then by field, exact spelling, stock, popularity and rating. If no product has all words, those with the most of them are found.',
        },
      },
    )
    .get('/suggestions', ({ query }) => suggestionsView(live.index.suggest(query.q, query.limit)), {
      public: true,
      query: SuggestionQuery,
      response: Suggestions,
      problems: ['search_not_ready'],
      detail: {
        operationId: 'getSuggestions',
        summary: 'How what is typed so far may go on, the most frequent first; Korean by single letters and initials, too',
      },
    })
    .get('/trending', async ({ query }) => ({ items: await trending.list(query.limit) }), {
      public: true,
      query: TrendingQuery,
      response: TrendingView,
      detail: {
        operationId: 'getTrendingSearches',
        summary: 'What was searched for most in the last seven days, each from three networks or more on one day',
      },
    })
    .get('/synonyms', async () => ({ groups: (await synonyms.read()).map(group => [...group]) }), {
      auth: 'admin',
      response: SynonymsView,
      detail: { operationId: 'getSynonyms', summary: 'Words that are found for each other' },
    })
    .put(
      '/synonyms',
      async ({ body }) => {
        await synonyms.replace(body.groups)
        return body
      },
      {
        auth: 'admin',
        body: NewSynonyms,
        response: SynonymsView,
        detail: { operationId: 'replaceSynonyms', summary: 'Replace the words that are found for each other, on every instance at once' },
      },
    )
    .post('/reindex', async ({ status }) => status(202, await reindexing.start()), {
      auth: 'admin',
      response: { 202: ProgressView },
      problems: ['index_busy'],
      repeats: 'tells how far the new index is',
      detail: {
        operationId: 'startReindex',
        summary: 'Make the index anew from the catalog; searches go on meanwhile. While it is under way, this tells how far it is',
      },
    })
    .get('/reindex', async () => reindexing.progress(), {
      auth: 'admin',
      response: ProgressView,
      detail: { operationId: 'getReindexProgress', summary: 'How far the making of the index is' },
    })
