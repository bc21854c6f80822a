import type { Product } from '../types'
import type { FormField } from './form-dialog'
import { taxClasses } from './tax-classes'
import { changedOf, changeOf, filled, listOf, type Values } from './values'
import { linesOf, variantsIn } from './variant-lines'

/** The categories are those that there are; the shop makes a new one for another name. */
export const productFields = (categories: readonly string[]): readonly FormField[] => [
  { name: 'name', label: 'Name', required: true },
  { name: 'description', label: 'Description', lines: 4, required: true },
  { name: 'price', label: 'Price', type: 'number', required: true },
  { name: 'sku', label: 'SKU', required: true },
  { name: 'category', label: 'Category', suggestions: categories, hint: 'A name that is not offered here makes a new one', required: true },
  { name: 'tax_class', label: 'Tax class', options: taxClasses, none: 'That of the category' },
  { name: 'tags', label: 'Tags', hint: 'Separated by commas' },
  { name: 'images', label: 'Pictures', lines: 2, hint: 'One address a line' },
  {
    name: 'variants',
    label: 'Variants',
    lines: 4,
    hint: 'One a line: SKU, its price unless it is the product’s, then attributes, such as TEE-M, 25, size=M, colour=navy',
  },
]
export const openingStock: FormField = { name: 'stock', label: 'Opening stock', type: 'number', required: true }

const numbers = ['price', 'stock']
/** The fields that hold several things, of those that are there. */
const listsOf = ({ tags, images, variants }: Values, product?: Product) => ({
  ...(tags !== undefined && { tags: listOf(tags, ',') }),
  ...(images !== undefined && { images: listOf(images, '\n') }),
  ...(variants !== undefined && { variants: variantsIn(variants, product) }),
})

export const productBody = (given: Values): object => ({ ...filled(given, numbers), ...listsOf(given) })

export const productValues = (product: Product): Values => {
  const { name, description, price, sku, category, tax_class, tags, images } = product
  return {
    ...{ name, description, sku, category, tax_class, price: `${price}` },
    tags: tags.join(', '),
    images: images.join('\n'),
    variants: linesOf(product),
  }
}

export const productChange = (given: Values, product: Product): object => {
  const before = productValues(product)
  return { ...changeOf(given, before, numbers), ...listsOf(changedOf(given, before), product) }
}
