import { defaultCurrency, sumOf, times, toMajor, toMinor } from '#shared/money'
import type { PromotionClients } from './clients'
import type { CodeGuesses } from './code-guesses'
import type { CampaignRow } from './database'
import { type Campaign, fitsCurrency, type Item, isWrongCode, normalCode, type Refusal, refusalOf, refusalTexts, toldTo } from './domain'
import { itemsOf } from './domain-basket'
import { discountsOf } from './domain-discounts'
import type { DiscountRequest, Validation } from './model'
import { type Campaigns, campaignOf } from './repository'

interface Deps {
  campaigns: Campaigns
  clients: PromotionClients
  guesses: CodeGuesses
}

interface Basket {
  items: readonly Item[]
  currency: string
  now: Date
  /** How often the user already holds each campaign that has a limit per user. */
  uses: ReadonlyMap<number, number>
}

const hasCategories = ({ categories, categoryIds }: Campaign) => categories.length > 0 || categoryIds.length > 0

const refusalFor = (row: CampaignRow, { items, currency, now, uses }: Basket) =>
  refusalOf(campaignOf(row), {
    items,
    currency,
    subtotal: sumOf(items.map(item => times(item.price, item.quantity))),
    now,
    uses: { total: row.used, byUser: uses.get(row.id) ?? 0 },
  })

const couponOf = (found: Awaited<ReturnType<Campaigns['byCode']>>, basket: Basket): { campaign?: Campaign; refusal?: Refusal } => {
  if (!found) return { refusal: 'unknown_code' }
  const refusal = found.codeIsUsed ? 'code_used' : refusalFor(found.row, basket)
  return refusal ? { refusal } : { campaign: campaignOf(found.row) }
}

/**
 * What campaigns take off at this moment. Nothing is reserved for the customer: limits are enforced when an order redeems its campaigns.
 */
export const discounts = ({ campaigns, clients, guesses }: Deps) => {
  const usesOf = async (userId: number | undefined, rows: readonly CampaignRow[]) => {
    const limited = rows.filter(row => row.per_user_limit !== null).map(row => row.id)
    return userId === undefined ? new Map<number, number>() : campaigns.usesBy(userId, limited)
  }

  return {
    /** For an order: every automatic campaign that applies, and the coupon. A refused coupon takes nothing off and says why. */
    async calculate({ coupon_code, user_id, guesser, currency, items: lines }: DiscountRequest) {
      const now = new Date()
      const code = coupon_code === undefined ? undefined : normalCode(coupon_code)
      const guess = code === undefined || guesser === undefined ? undefined : await guesses.begin(guesser)
      const [automatic, found] = await Promise.all([campaigns.automatic(now), code === undefined ? undefined : campaigns.byCode(code)])
      const uses = await usesOf(user_id, found ? [...automatic, found.row] : automatic)
      const items = lines.map(line => ({ ...line, price: toMinor(line.price, currency) }))
      const basket = { items, currency, now, uses }
      // A campaign with codes is not automatic; an earlier release could store one that is both, and it counts once.
      const applicable = automatic.filter(row => row.id !== found?.row.id && !refusalFor(row, basket)).map(campaignOf)
      const coupon = couponOf(found, basket)
      if (!isWrongCode(coupon.refusal)) await guess?.takeBack()
      const given = discountsOf(items, coupon.campaign ? [...applicable, coupon.campaign] : applicable)
      return {
        discount: toMajor(given.discount, currency),
        free_shipping: given.freeShipping,
        lines: given.lines.map(discount => ({ discount: toMajor(discount, currency) })),
        campaigns: given.campaigns.map(({ campaign, amount }) => ({
          campaign_id: campaign.id,
          ...(code !== undefined && campaign === coupon.campaign && { code }),
          amount: toMajor(amount, currency),
        })),
        coupon:
          code === undefined ? null : { code, valid: !coupon.refusal, ...(coupon.refusal && { reason: toldTo(user_id, coupon.refusal) }) },
        automatic: automatic.some(row => fitsCurrency(campaignOf(row), currency)),
      }
    },

    /** For one code alone: what it takes off, or why it takes nothing off. */
    async validate(
      { code: given, currency = defaultCurrency, subtotal, items: lines }: Validation,
      userId: number | undefined,
      guesser: string,
    ) {
      const code = normalCode(given)
      const items = itemsOf(
        lines.map(line => ({ ...line, price: line.price === undefined ? undefined : toMinor(line.price, currency) })),
        toMinor(subtotal, currency),
      )
      const guess = await guesses.begin(guesser)
      const found = await campaigns.byCode(code)
      const uncategorised = items.filter(item => item.product_id !== '' && !item.category_ids)
      if (found && hasCategories(campaignOf(found.row)) && uncategorised.length > 0) {
        const categories = await clients.categoriesOf(uncategorised.map(item => item.product_id))
        for (const item of uncategorised) Object.assign(item, categories.get(item.product_id))
      }
      const uses = await usesOf(userId, found ? [found.row] : [])
      const { campaign, refusal: reason } = couponOf(found, { items, currency, now: new Date(), uses })
      if (!isWrongCode(reason)) await guess.takeBack()
      const refusal = reason && toldTo(userId, reason)
      const { discount, freeShipping } = discountsOf(items, campaign ? [campaign] : [])
      return {
        code,
        valid: campaign !== undefined,
        discount: toMajor(discount, currency),
        currency,
        free_shipping: freeShipping,
        reason: refusal ?? 'applied',
        detail: refusal ? refusalTexts[refusal] : (campaign?.name ?? ''),
        ...(campaign && { campaign: { id: campaign.id, name: campaign.name, kind: campaign.kind } }),
      }
    },
  }
}
export type Discounts = ReturnType<typeof discounts>
