import { defaultCurrency, sumOf, times, toMajor, toMinor } from '#shared/money'
import type { CampaignRow } from './database'
import { type Campaign, type Item, normalCode, type Refusal, refusalOf, refusalTexts } from './domain'
import { itemsOf } from './domain-basket'
import { discountsOf } from './domain-discounts'
import type { DiscountRequest, Validation } from './model'
import { type Campaigns, campaignOf } from './repository'

interface Deps {
  campaigns: Campaigns
  /** The category of each product, asked only when a campaign holds for some and the lines don't say. */
  categoriesOf(productIds: readonly string[]): Promise<Map<string, string>>
  clock?: () => Date
}

interface Basket {
  items: readonly Item[]
  currency: string
  /** How often the user holds each campaign that limits it. */
  uses: Map<number, number>
}

/** What an order of these items would be given, by what stands now. Whether a limit still holds is decided when it is redeemed. */
export const pricing = ({ campaigns, categoriesOf, clock = () => new Date() }: Deps) => {
  const usesOf = async (userId: number | undefined, rows: readonly CampaignRow[]) =>
    userId === undefined
      ? new Map<number, number>()
      : campaigns.usesBy(
          userId,
          rows.filter(row => row.per_user_limit !== null).map(row => row.id),
        )

  const refusalFor = (row: CampaignRow, { items, currency, uses }: Basket) =>
    refusalOf(campaignOf(row), {
      items,
      currency,
      subtotal: sumOf(items.map(item => times(item.price, item.quantity))),
      now: clock(),
      spent: { total: row.used, byUser: uses.get(row.id) ?? 0 },
    })

  const couponOf = (found: Awaited<ReturnType<Campaigns['byCode']>>, basket: Basket): { campaign?: Campaign; refusal?: Refusal } => {
    const refusal = !found ? 'unknown_code' : found.spent ? 'code_used' : refusalFor(found.row, basket)
    if (refusal) return { refusal }
    return found ? { campaign: campaignOf(found.row) } : {}
  }

  return {
    /** Automatic campaigns and the coupon together. A coupon that is refused takes nothing off, and says why. */
    async discounts({ coupon_code, user_id, currency, items: lines }: DiscountRequest) {
      const code = coupon_code === undefined ? undefined : normalCode(coupon_code)
      const [automatic, found] = await Promise.all([campaigns.automatic(clock()), code === undefined ? undefined : campaigns.byCode(code)])
      const uses = await usesOf(user_id, found ? [...automatic, found.row] : automatic)
      const items = lines.map(line => ({ ...line, price: toMinor(line.price, currency) }))
      const basket = { items, currency, uses }
      const fitting = automatic.filter(row => !refusalFor(row, basket)).map(campaignOf)
      const coupon = couponOf(found, basket)
      const priced = discountsOf(items, coupon.campaign ? [...fitting, coupon.campaign] : fitting)
      return {
        discount: toMajor(priced.discount, currency),
        free_shipping: priced.freeShipping,
        lines: priced.lines.map(discount => ({ discount: toMajor(discount, currency) })),
        campaigns: priced.campaigns.map(({ campaign, amount }) => ({
          campaign_id: campaign.id,
          ...(code !== undefined && campaign === coupon.campaign && { code }),
          amount: toMajor(amount, currency),
        })),
        coupon: code === undefined ? null : { code, valid: !coupon.refusal, ...(coupon.refusal && { reason: coupon.refusal }) },
      }
    },

    /** What a code alone takes off, or why it does not. */
    async validate({ code: given, currency = defaultCurrency, subtotal, items: lines }: Validation, userId: number | undefined) {
      const code = normalCode(given)
      const items = itemsOf(
        lines.map(line => ({ ...line, price: line.price === undefined ? undefined : toMinor(line.price, currency) })),
        toMinor(subtotal, currency),
      )
      const found = await campaigns.byCode(code)
      const nameless = items.filter(item => item.category === '' && item.product_id !== '')
      if (found && found.row.categories !== '[]' && nameless.length > 0) {
        const categories = await categoriesOf(nameless.map(item => item.product_id))
        for (const item of nameless) item.category = categories.get(item.product_id) ?? ''
      }
      const uses = await usesOf(userId, found ? [found.row] : [])
      const { campaign, refusal } = couponOf(found, { items, currency, uses })
      const priced = discountsOf(items, campaign ? [campaign] : [])
      return {
        code,
        valid: campaign !== undefined,
        discount: toMajor(priced.discount, currency),
        currency,
        free_shipping: priced.freeShipping,
        reason: refusal ?? 'applied',
        detail: refusal ? refusalTexts[refusal] : (campaign?.name ?? ''),
        ...(campaign && { campaign: { id: campaign.id, name: campaign.name, kind: campaign.kind } }),
      }
    },
  }
}
export type Pricing = ReturnType<typeof pricing>
