import { closed, named, ProductId, type Static, Time, t } from '#shared/schema'
import type { Favourite } from './domain'

const Note = t.String({ maxLength: 200, examples: ['For Ann'] })

export const NewFavourite = named('NewFavourite', closed({ product_id: ProductId, note: Note }))
export const ProductParam = closed({ product_id: ProductId })
export const FavouriteView = named('Favourite', t.Object({ product_id: ProductId, note: Note, created_at: Time, updated_at: Time }))

export const favouriteView = ({ product_id, note, created_at, updated_at }: Favourite): Static<typeof FavouriteView> => ({
  product_id,
  note,
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
})
