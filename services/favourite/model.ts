import { Drift } from '#shared/drift'
import { Currency, toMajor } from '#shared/money'
import { pageOf } from '#shared/page'
import { closed, IdParam, integerText, named, oneOf, ProductId, Sku, type Static, Time, t } from '#shared/schema'
import type { WatchRow } from './database'
import type { Shown } from './show-favourites'

export const NewFavourite = named('NewFavourite', closed({ product_id: ProductId }))
export const ProductParam = closed({ product_id: ProductId })
export const MergeBody = named(
  'FavouritesMerge',
  closed({
    product_ids: t.Array(ProductId, { minItems: 1, maxItems: 100, examples: [['507f1f77bcf86cd799439011']] }),
  }),
)
export const MergeView = named(
  'FavouritesMergeResult',
  t.Object({
    added: t.Array(ProductId),
    present: t.Array(ProductId, { description: 'In the list already' }),
    unknown: t.Array(ProductId, { description: 'Not in the catalog, or no longer sold' }),
  }),
)
export const WatchBody = named(
  'ProductWatchChange',
  closed({ price_drop: t.Boolean(), back_in_stock: t.Boolean() }, { examples: [{ price_drop: true, back_in_stock: true }] }),
)

const availabilities = ['in_stock', 'sold_out', 'gone', 'unknown'] as const
const Availability = t.Unsafe<(typeof availabilities)[number]>({
  ...oneOf(availabilities, ['in_stock']),
  description: '`gone` is no longer sold. `unknown` while the catalog does not answer',
})

const orNull = <S extends ReturnType<typeof t.String> | ReturnType<typeof t.Number>>(schema: S) => t.Union([schema, t.Null()])
const Product = {
  product_id: ProductId,
  name: orNull(t.String({ examples: ['Notebook 14'] })),
  price: orNull(t.Number({ description: 'In major units', examples: [1500] })),
  currency: orNull(Currency),
  availability: Availability,
}
const Watch = named(
  'ProductWatch',
  t.Object({
    price_drop: t.Boolean(),
    back_in_stock: t.Boolean(),
    known_price: t.Optional(t.Number({ description: 'A price below this is told', examples: [1500] })),
    known_currency: t.Optional(Currency),
  }),
)
export const FavouriteView = named('Favourite', t.Object({ ...Product, watch: Watch, created_at: Time }))
const SharedView = named('SharedFavourite', t.Object(Product))

const catalogState = {
  catalog: oneOf(['current', 'unavailable'] as const, ['current']),
}
export const FavouritesView = named('FavouritePage', t.Object({ ...pageOf(FavouriteView).properties, ...catalogState }))
export const SharedFavouritesView = named('SharedFavouritePage', t.Object({ ...pageOf(SharedView).properties, ...catalogState }))

export const SharedParam = closed({
  token: t.String({ minLength: 1, maxLength: 64, examples: ['k3Jd8sQw1ZxYb6Tt0uVnRm2PfLh7AaGek3Jd8sQw1Zx'] }),
})
export const ShareView = named(
  'FavouritesShare',
  t.Object({ token: t.String({ examples: ['k3Jd8sQw1ZxYb6Tt0uVnRm2PfLh7AaGek3Jd8sQw1Zx'] }) }),
)

export const UserParam = closed({ user_id: IdParam.properties.id })
export const NewestQuery = closed({ limit: integerText({ minimum: 1, maximum: 100, default: 20 }) })
export const NewestView = t.Object({ product_ids: t.Array(ProductId) })
export const StockBody = closed({ skus: t.Array(Sku, { maxItems: 5000, examples: [['NB-14-512']] }) })
export const StockView = t.Object({ stock: t.Record(t.String(), t.Integer()) })
export const DriftView = t.Object({ watches: Drift, counts: Drift, stuck: Drift })

const watchView = (watches: readonly WatchRow[]): Static<typeof Watch> => {
  const drop = watches.find(({ kind }) => kind === 'price_drop')
  const known =
    drop?.price !== undefined && drop.price !== null && drop.currency !== null
      ? { known_price: toMajor(drop.price, drop.currency), known_currency: drop.currency }
      : {}
  return { price_drop: drop !== undefined, back_in_stock: watches.some(({ kind }) => kind === 'back_in_stock'), ...known }
}

export const sharedView = ({ favourite: { product_id }, product, known }: Shown): Static<typeof SharedView> => {
  if (!product) return { product_id, name: null, price: null, currency: null, availability: known ? 'gone' : 'unknown' }
  const { name, price, currency, stock, status } = product
  const availability = status === 'archived' ? 'gone' : stock > 0 ? 'in_stock' : 'sold_out'
  return { product_id, name, price: toMajor(price, currency), currency, availability }
}

export const favouriteView = (shown: Shown): Static<typeof FavouriteView> => ({
  ...sharedView(shown),
  watch: watchView(shown.watches),
  created_at: shown.favourite.created_at.toISOString(),
})

export const catalogOf = (shown: readonly Shown[]) => ({
  catalog: shown.some(({ known }) => !known) ? ('unavailable' as const) : ('current' as const),
})
