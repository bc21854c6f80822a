import type { Product } from '../types'
import type { FormField } from './form-dialog'
import { taxClasses } from './tax-classes'
import { filled, type Values } from './values'

export const productFields: readonly FormField[] = [
  { name: 'name', label: 'Name', required: true },
  { name: 'description', label: 'Description', lines: 4, required: true },
  { name: 'price', label: 'Price', type: 'number', required: true },
  { name: 'sku', label: 'SKU', required: true },
  { name: 'category', label: 'Category', hint: 'By its name; it has to exist', required: true },
  { name: 'tax_class', label: 'Tax class', options: taxClasses, none: 'That of the category' },
  { name: 'tags', label: 'Tags', hint: 'Separated by commas' },
  { name: 'images', label: 'Pictures', lines: 2, hint: 'One address a line' },
  {
    name: 'variants',
    label: 'Variants',
    lines: 4,
    hint: 'One a line: SKU, price, then attributes, such as TEE-M, 25, size=M, colour=navy',
  },
]
export const openingStock: FormField = { name: 'stock', label: 'Opening stock', type: 'number', required: true }

const listOf = (text: string | undefined, separator: RegExp) =>
  (text ?? '')
    .split(separator)
    .map(part => part.trim())
    .filter(Boolean)

/** `TEE-M, 25, size=M` */
const variantOf = (line: string) => {
  const [sku = '', ...rest] = listOf(line, /,/)
  const price = rest.find(part => !part.includes('='))
  const attributes = Object.fromEntries(rest.filter(part => part.includes('=')).map(part => part.split('=').map(side => side.trim())))
  return { sku, attributes, ...(price !== undefined && { price: Number(price) }) }
}

export const productBody = ({ tags, images, variants, ...rest }: Values) => ({
  ...filled(rest, ['price', 'stock']),
  tags: listOf(tags, /,/),
  images: listOf(images, /\n/),
  ...(variants !== undefined && { variants: listOf(variants, /\n/).map(variantOf) }),
})

export const productValues = ({ name, description, price, sku, category, tax_class, tags, images, variants }: Product): Values => ({
  ...{ name, description, sku, category, tax_class, price: `${price}` },
  tags: tags.join(', '),
  images: images.join('\n'),
  variants: variants
    .map(variant => [variant.sku, variant.price, ...Object.entries(variant.attributes).map(([key, value]) => `${key}=${value}`)].join(', '))
    .join('\n'),
})
