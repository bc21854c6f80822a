import { LRUCache } from 'lru-cache'
import type { PromotionApi } from '../services/promotion/app'
import { ask, type Clients } from './client'
import { AppError, type Fault } from './errors'
import { toMajor, toMinor } from './money'
import { carriageOf } from './offers/carriage'
import type { OfferOptions } from './offers/memory'
import { offeredProducts } from './offers/products'
import { taxesOn } from './offers/taxes'
import { second } from './time'

export type { CatalogProduct } from './offers/products'

interface Basket {
  currency: string
  lines: readonly {
    product_id: string
    sku: string
    category: string
    category_ids?: readonly string[]
    quantity: number
    price: number
  }[]
}
interface Buyer {
  userId: number | undefined
  coupon: string | undefined
  /** Who enters the coupon at this moment, by `guesserOf`: wrong codes are counted. */
  guesser?: string
}
interface Discounts {
  discount: number
  shares: number[]
  freeShipping: boolean
  campaigns: { campaign_id: number; code?: string; amount: number }[]
  coupon: { code: string; valid: boolean; reason?: string } | null
}

/** The refusal of a code, with promotion's word for the reason. */
export const couponRejected = (path: Fault['path'], reason = 'unknown_code') =>
  new AppError('conflict', 'coupon_rejected', `The coupon cannot be used: ${reason}.`, {
    errors: [{ path, code: reason, message: `the coupon is refused: ${reason.replaceAll('_', ' ')}` }],
  })

/**
 * What a basket costs: product knows the prices, promotion the discounts, shipping the carriage, and tax the rates. Order and cart ask all
 * four here, and only here do these amounts change between our minor units and the major units of the wire. What does not depend on the order
 * is remembered for a second: prices, the rates of carriage and tax, and that no automatic campaign is on. Stock and the limits of coupons are
 * decided by their owners, under their locks.
 */
export const createOffers = (client: Clients, { rememberMs = second, ...options }: Partial<OfferOptions> = {}) => {
  const promotion = client<PromotionApi>('promotion', options)
  /** The currencies in which no automatic campaign was on a moment ago: a basket without a coupon gets no discount. */
  const withoutCampaigns = new LRUCache<string, true>({ max: 200, ttl: rememberMs })

  return {
    products: offeredProducts(client, { rememberMs, ...options }),

    /** What campaigns and a coupon take off: in all, by line in `shares`, and by campaign, as the events of an order carry it. */
    async discounts({ currency, lines }: Basket, { userId, coupon, guesser }: Buyer): Promise<Discounts> {
      if (coupon === undefined && withoutCampaigns.has(currency))
        return { discount: 0, shares: lines.map(() => 0), freeShipping: false, campaigns: [], coupon: null }
      const items = lines.map(({ product_id, sku, quantity, price, category, category_ids: ids }) => {
        return { product_id, sku, quantity, price: toMajor(price, currency), category, ...(ids && { category_ids: [...ids] }) }
      })
      const by = {
        ...(userId !== undefined && { user_id: userId }),
        ...(coupon !== undefined && { coupon_code: coupon }),
        ...(guesser !== undefined && { guesser }),
      }
      const answer = await ask('promotion', promotion.internal.discounts.post({ ...by, currency, items }))
      if (rememberMs > 0 && answer.automatic === false) withoutCampaigns.set(currency, true)
      return {
        discount: toMinor(answer.discount, currency),
        shares: answer.lines.map(line => toMinor(line.discount, currency)),
        freeShipping: answer.free_shipping,
        campaigns: answer.campaigns,
        coupon: answer.coupon,
      }
    },

    carriage: carriageOf(client, { rememberMs, ...options }),
    taxes: taxesOn(client, { rememberMs, ...options }),
  }
}
export type Offers = ReturnType<typeof createOffers>
