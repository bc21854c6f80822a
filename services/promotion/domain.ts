import { invalid } from '#shared/errors'
import { minute } from '#shared/time'

export type Kind = 'percentage' | 'fixed' | 'free_shipping' | 'buy_x_get_y'

/** Amounts are in minor units, rates in parts per million. */
export interface Campaign {
  id: number
  name: string
  kind: Kind
  /** What is taken off: parts per million or minor units, depending on `kind`. 0 for the kinds that need none. */
  value: number
  buyQuantity: number
  getQuantity: number
  currency: string
  minimum: number
  startsAt: Date | null
  endsAt: Date | null
  /** A line is discounted if either list has it, or if both lists are empty. */
  categories: readonly string[]
  /** Each includes the categories below it. Without ids the names decide. */
  categoryIds: readonly string[]
  productIds: readonly string[]
  totalLimit: number | null
  perUserLimit: number | null
}

export interface Item {
  product_id: string
  quantity: number
  /** The price of one piece. */
  price: number
  category: string
  /** From the top of the tree to its own category; without it the name decides. */
  category_ids?: readonly string[]
}

/** Why a campaign does not apply. These words are part of the API. */
export type Refusal =
  | 'unknown_code'
  | 'code_used'
  | 'not_started'
  | 'expired'
  | 'limit_reached'
  | 'user_limit_reached'
  | 'currency_mismatch'
  | 'minimum_not_reached'
  | 'not_applicable'

export const refusalTexts: Record<Refusal, string> = {
  unknown_code: 'There is no such code, or it cannot be used now.',
  code_used: 'This code has already been used.',
  not_started: 'This campaign has not started yet.',
  expired: 'This campaign is over.',
  limit_reached: 'This campaign is used up.',
  user_limit_reached: 'You have used this campaign as often as one customer may.',
  currency_mismatch: 'This campaign is in another currency.',
  minimum_not_reached: 'The order is below the minimum of this campaign.',
  not_applicable: 'None of these items is part of this campaign.',
}

/** What somebody learns who guesses codes: that one exists, or did. */
const aboutTheCode: readonly Refusal[] = ['unknown_code', 'code_used', 'not_started', 'expired', 'limit_reached']
export const isWrongCode = (refusal: Refusal | undefined) => refusal !== undefined && aboutTheCode.includes(refusal)
/** A caller who is not logged in is not told which codes exist. */
export const toldTo = (userId: number | undefined, refusal: Refusal): Refusal =>
  userId === undefined && isWrongCode(refusal) ? 'unknown_code' : refusal

/** `welcome10` and `WELCOME10` are the same code. */
export const normalCode = (code: string) => code.trim().toUpperCase()

/** As product compares names. */
export const categoryKey = (category: string) => category.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

export const isPartOf = (
  { categories, categoryIds, productIds }: Pick<Campaign, 'categories' | 'categoryIds' | 'productIds'>,
  item: Omit<Item, 'price' | 'quantity'>,
) => {
  if (categories.length === 0 && categoryIds.length === 0 && productIds.length === 0) return true
  if (productIds.includes(item.product_id)) return true
  if (categoryIds.length > 0 && item.category_ids) return categoryIds.some(id => item.category_ids?.includes(id))
  return categories.some(category => categoryKey(category) === categoryKey(item.category))
}

/** How many orders hold a campaign. */
export interface Uses {
  total: number
  /** 0 for a user who is not known. */
  byUser: number
}

/** A fixed amount and a minimum are in the campaign's currency; everything else applies in any currency. */
export const fitsCurrency = ({ kind, minimum, currency }: Campaign, orderCurrency: string) =>
  (kind !== 'fixed' && minimum === 0) || currency === orderCurrency

/** Why an order of these items cannot have the campaign now, or undefined if it can. */
export const refusalOf = (
  campaign: Campaign,
  { items, subtotal, currency, now, uses }: { items: readonly Item[]; subtotal: number; currency: string; now: Date; uses: Uses },
): Refusal | undefined => {
  const { startsAt, endsAt, totalLimit, perUserLimit } = campaign
  if (startsAt && now < startsAt) return 'not_started'
  if (endsAt && now >= endsAt) return 'expired'
  if (totalLimit !== null && uses.total >= totalLimit) return 'limit_reached'
  if (perUserLimit !== null && uses.byUser >= perUserLimit) return 'user_limit_reached'
  if (!fitsCurrency(campaign, currency)) return 'currency_mismatch'
  if (!items.some(item => isPartOf(campaign, item))) return 'not_applicable'
  if (subtotal < campaign.minimum) return 'minimum_not_reached'
  return undefined
}

/** How long after a campaign's end an order that was priced before it may still be placed. */
const graceMs = minute

/** A customer who saw the discount gets it: only an order placed clearly after the end is too late. */
export const isTooLate = (endsAt: Date | null, placedAt: Date) => endsAt !== null && placedAt.getTime() >= endsAt.getTime() + graceMs

const percentText = /^(\d{1,3})(?:\.(\d{1,4}))?$/
export const hundredPercent = 1_000_000

/** Reads the percentage from its text, since 33.3333 has no exact binary value. */
export const percentToPpm = (percent: number): number => {
  const [, whole, fraction = ''] = percentText.exec(String(percent)) ?? []
  const ppm = Number(`${whole}${fraction.padEnd(4, '0')}`)
  if (whole === undefined || ppm < 1 || ppm > hundredPercent)
    throw invalid('invalid_value', 'A percentage is over 0 and up to 100, with at most 4 decimals.')
  return ppm
}
export const ppmToPercent = (ppm: number): number => Number(`${Math.floor(ppm / 10_000)}.${String(ppm % 10_000).padStart(4, '0')}`)

type Terms = Pick<Campaign, 'kind' | 'value' | 'buyQuantity' | 'getQuantity' | 'startsAt' | 'endsAt'> & {
  code: string | null
  automatic: boolean
}

/** Refuses contradictory terms when a campaign is saved. */
export const checkTerms = ({ kind, value, buyQuantity, getQuantity, startsAt, endsAt, code, automatic }: Terms) => {
  if (kind === 'fixed' && value < 1) throw invalid('invalid_value', 'A fixed discount needs an amount over 0 as its value.')
  if (kind === 'buy_x_get_y' && (buyQuantity < 1 || getQuantity < 1))
    throw invalid('invalid_quantities', 'A buy_x_get_y campaign needs buy_quantity and get_quantity, each at least 1.')
  if (kind !== 'buy_x_get_y' && (buyQuantity > 0 || getQuantity > 0))
    throw invalid('invalid_quantities', 'Only buy_x_get_y has buy_quantity and get_quantity.')
  if (startsAt && endsAt && startsAt >= endsAt) throw invalid('invalid_schedule', 'A campaign must end after it starts.')
  if (automatic && code !== null)
    throw invalid('code_or_automatic', 'A campaign has a code or is automatic, not both: set `code` to null or `automatic` to false.')
}
