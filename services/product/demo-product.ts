import type { ProductInput, VariantInput } from './domain'

/** The ids are fixed, because examples, collections and demo data of other services refer to them. Number 0 is the product of all examples. */
export const demoId = (n: number) => (n === 0 ? '507f1f77bcf86cd799439011' : `507f1f77bcf86cd7994391${n.toString(16).padStart(2, '0')}`)

export interface DemoProduct extends Omit<ProductInput, 'images'> {
  /** Its number for good: a product that is added gets the next one, wherever it stands. */
  n: number
  /** What is drawn of it, and in which colour: `laptop-graphite`. */
  drawing: `${string}-${string}`
}

/** A variant for each value of an attribute; `prices` are of those that differ from the product's own. */
export const variantsBy = (
  sku: string,
  attribute: string,
  values: readonly (string | number)[],
  stock: number,
  prices: Record<string, number> = {},
): VariantInput[] =>
  values.map(value => {
    const price = prices[value]
    return {
      sku: `${sku}-${String(value)
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, '')}`,
      attributes: { [attribute]: value },
      stock,
      ...(price !== undefined && { price }),
    }
  })
