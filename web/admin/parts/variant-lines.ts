import type { Product } from '../types'
import { listOf } from './values'

/** Variants as the lines of a form: `TEE-M, 25, size=M, note="soft, warm"`. A line without a price has that of the product, whatever it will be. */

type Variant = Product['variants'][number]
type Value = Variant['attributes'][string]
type Priced = Pick<Product, 'price' | 'variants'>

/** A value that would be taken for two, or lose its spaces, stands in quotation marks. */
const written = (value: Value) => {
  const text = `${value}`.replaceAll(/\s*[\r\n]\s*/g, ' ')
  return /,|^["\s]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
const unquoted = (text: string) => (/^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text)

const lineOf = ({ sku, price, attributes }: Variant, productPrice: number) =>
  [sku, ...(price === productPrice ? [] : [price]), ...Object.entries(attributes).map(([name, value]) => `${name}=${written(value)}`)].join(
    ', ',
  )

export const linesOf = ({ price, variants }: Priced) => variants.map(variant => lineOf(variant, price)).join('\n')

/** What stands between two commas; those within quotation marks do not count. */
const part = /([^,="]*="(?:[^"]|"")*"\s*|[^,]+)(?:,|$)/g

/** What was typed, of the type that the attribute has in another variant. */
const typed = (text: string, known: Value | undefined): Value => {
  if (typeof known === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text)
  if (typeof known === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  return text
}

const readLine = (line: string, { variants }: Priced) => {
  const [sku = '', ...rest] = [...line.matchAll(part)].map(([, text = '']) => text.trim())
  const price = rest.find(text => text !== '' && !text.includes('='))
  const known = [...variants.filter(variant => variant.sku === sku), ...variants]
  const attributes = rest.flatMap((text): [string, Value][] => {
    const at = text.indexOf('=')
    if (at < 0) return []
    const name = text.slice(0, at).trim()
    const example = known.find(({ attributes }) => Object.hasOwn(attributes, name))?.attributes[name]
    return [[name, typed(unquoted(text.slice(at + 1).trim()), example)]]
  })
  return { sku, attributes: Object.fromEntries(attributes), ...(price !== undefined && { price: Number(price) }) }
}

/** A line that was not changed is the variant that it was, to the letter. */
export const variantsIn = (lines: string, product: Priced = { price: 0, variants: [] }) =>
  listOf(lines, '\n').map(line => {
    const same = product.variants.find(variant => lineOf(variant, product.price) === line)
    if (!same) return readLine(line, product)
    const { sku, attributes, price } = same
    return { sku, attributes, ...(price !== product.price && { price }) }
  })
