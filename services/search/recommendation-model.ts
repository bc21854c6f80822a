import { Currency } from '#shared/money'
import { closed, integerText, named, oneOf, ProductId, Sku, type Static, t } from '#shared/schema'
import type { Facts } from './domain-index'
import { type Candidate, reasons } from './domain-recommend'
import type { StoredProduct } from './repository'

export const LimitQuery = closed({ limit: integerText({ minimum: 1, maximum: 20, default: 10 }) })
export const ProductParam = closed({ id: ProductId })

export const mostInACart = 40
export const CartQuery = closed({
  product_ids: t.String({
    pattern: `^[0-9a-f]{24}(,[0-9a-f]{24}){0,${mostInACart - 1}}$`,
    description: `The products in the cart, at most ${mostInACart}, with commas between them`,
    examples: ['507f1f77bcf86cd799439011,507f1f77bcf86cd799439102'],
  }),
  ...LimitQuery.properties,
})

/** Random enough that nobody guesses another's. */
const GuestId = t.String({
  pattern: '^[A-Za-z0-9_-]{16,64}$',
  description: 'Made by the client at random, and kept on the device. Of a signed-in user: what was viewed under it becomes theirs',
  examples: ['d2f1c0de5a7e4b3f9c8a'],
})
export const NewView = named(
  'NewProductView',
  closed(
    { product_id: ProductId, guest_id: t.Optional(GuestId) },
    { examples: [{ product_id: '507f1f77bcf86cd799439011', guest_id: 'd2f1c0de5a7e4b3f9c8a' }] },
  ),
)

const Recommended = named(
  'RecommendedProduct',
  t.Object({
    id: ProductId,
    name: t.String({ examples: ['Notebook 14'] }),
    price: t.Number({ description: 'In major units', examples: [1500] }),
    currency: Currency,
    category: t.String({ examples: ['Notebooks'] }),
    category_ids: t.Array(t.String(), { examples: [['652f1f77bcf86cd799430001']] }),
    sku: Sku,
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
    reason: oneOf(reasons, ['bought_together']),
  }),
)
export const Recommendations = named('Recommendations', t.Object({ items: t.Array(Recommended) }))

export const recommendedView = ({ reason }: Candidate, product: StoredProduct, facts: Facts): Static<typeof Recommended> => ({
  id: product.id,
  name: product.name,
  price: facts.price,
  currency: product.currency,
  category: product.category,
  category_ids: product.category_ids,
  sku: product.sku,
  images: product.images,
  stock: facts.available,
  ...(facts.ratings > 0 && { rating: { average: facts.rating, count: facts.ratings } }),
  reason,
})
