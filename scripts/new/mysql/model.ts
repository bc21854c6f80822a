import { closed, named, ProductId, type Static, Time, t } from '#shared/schema'
import type { Sample } from './domain'

const Note = t.String({ maxLength: 200, examples: ['For Ann'] })

export const NewSample = named('NewSample', closed({ product_id: ProductId, note: Note }))
export const ProductParam = closed({ product_id: ProductId })
export const SampleView = named('Sample', t.Object({ product_id: ProductId, note: Note, created_at: Time, updated_at: Time }))

export const sampleView = ({ product_id, note, created_at, updated_at }: Sample): Static<typeof SampleView> => ({
  product_id,
  note,
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
})
