import { currencyDecimals } from '#shared/money'
import type { KnownProduct } from './clients'
import type { Kind } from './domain'

/** Where links lead: the shop's pages, and the API as clients reach it. */
export interface Links {
  shopUrl: string
  apiUrl: string
}

interface Known {
  name: string
  products: ReadonlyMap<string, KnownProduct>
  links: Links
  timeZone?: string | undefined
  token?: { token: string; expires_at: string } | undefined
  unsubscribeUrl?: string | undefined
}
type Facts = Readonly<Record<string, unknown>>

const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): Facts[] => (Array.isArray(value) ? value.filter(isFacts) : [])
const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** The products that some facts name. */
export const productsIn = (facts: Facts): string[] =>
  [facts, ...listOf(facts.items), ...listOf(facts.entries)].map(({ product_id }) => textOf(product_id)).filter(Boolean)

/** Where the reader goes from a message. */
export const linkOf = (facts: Facts, { shopUrl }: Links): string => {
  if (facts.order_id !== undefined) return `${shopUrl}/orders/${textOf(facts.order_id)}`
  if (facts.product_id !== undefined) return `${shopUrl}/products/${textOf(facts.product_id)}`
  return shopUrl
}

const paths = { verify_email: 'verify-email', password_reset: 'reset-password' } as const
const isSecretKind = (kind: Kind): kind is keyof typeof paths => Object.hasOwn(paths, kind)

/** What the event of a kind may leave out; it is empty then. */
const optionalFacts: Partial<Record<Kind, readonly string[]>> = {
  order_placed: ['shipping_option'],
  payment_pending: ['bank_account'],
  order_cancelled: ['reason', 'cancelled_by'],
  order_delivered: ['shipping_option'],
  return_rejected: ['reason'],
}

/** The values that the templates of a kind may name (domain-values.ts), from the facts of its event and what others know now. */
export const valuesOf = (kind: Kind, facts: Facts, known: Known): Record<string, unknown> => {
  const { links, products, token } = known
  const aboutProduct = (one: Facts, currency?: string) => {
    const product = products.get(textOf(one.product_id))
    const unit = textOf(one.currency) || currency || product?.currency || ''
    const amount = (value: unknown) => (typeof value === 'number' && unit ? value.toFixed(currencyDecimals(unit)) : textOf(value))
    return {
      ...(one.product_id !== undefined && {
        product: product?.name ?? textOf(one.sku),
        product_url: `${links.shopUrl}/products/${textOf(one.product_id)}`,
      }),
      ...Object.fromEntries(['price', 'from', 'to', 'total', 'amount'].filter(name => name in one).map(name => [name, amount(one[name])])),
      ...(unit && { currency: unit }),
    }
  }
  const currency = textOf(facts.currency)
  const trackingNumber = textOf(facts.tracking_number)
  return {
    ...facts,
    ...aboutProduct(facts),
    name: known.name,
    shop_url: links.shopUrl,
    ...(facts.order_id !== undefined && { order_url: linkOf(facts, links) }),
    ...(facts.items !== undefined && {
      items: listOf(facts.items).map(item => ({ ...item, ...aboutProduct(item, currency) })),
    }),
    ...(facts.entries !== undefined && {
      entries: listOf(facts.entries).map(entry => ({ from: '', to: '', currency: '', ...entry, ...aboutProduct(entry) })),
    }),
    ...(trackingNumber && { tracking_url: `${links.shopUrl}/track/${trackingNumber}` }),
    ...Object.fromEntries((optionalFacts[kind] ?? []).map(name => [name, textOf(facts[name])])),
    ...(isSecretKind(kind) && {
      link: token ? `${links.shopUrl}/${paths[kind]}?token=${token.token}` : '',
      expires_at: token?.expires_at ?? '',
    }),
    ...(known.timeZone && { time_zone: known.timeZone }),
    unsubscribe_url: known.unsubscribeUrl ?? '',
  }
}
