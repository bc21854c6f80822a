import { isTooLate, type Refusal } from './domain'

/** What becomes of an order's redemption, and which campaigns it may hold. */

export type RedemptionState = 'new' | 'redeemed' | 'rejected' | 'released'
/** `close`: a cancelled order held nothing yet, and will hold nothing. */
export type RedemptionStep = 'hold' | 'release' | 'close' | 'nothing'

/** An order holds its campaigns once and releases them once, whichever of its two events arrives first. */
export const nextRedemptionStep = (state: RedemptionState, event: 'placed' | 'cancelled'): RedemptionStep => {
  if (event === 'placed') return state === 'new' ? 'hold' : 'nothing'
  if (state === 'redeemed') return 'release'
  return state === 'new' ? 'close' : 'nothing'
}

/** One campaign in the price of an order. */
export interface Use {
  campaign_id: number
  code: string | null
  amount: number
}

/** An order priced by an earlier release may name a campaign twice: as an automatic one, and by its code. In the order of their ids. */
export const oncePerCampaign = (uses: readonly Use[]): Use[] => {
  const byCampaign = new Map<number, Use>()
  for (const use of uses) {
    const before = byCampaign.get(use.campaign_id)
    const both = before && { ...use, code: before.code ?? use.code, amount: before.amount + use.amount }
    byCampaign.set(use.campaign_id, both ?? use)
  }
  return [...byCampaign.values()].toSorted((a, b) => a.campaign_id - b.campaign_id)
}

/** A campaign as it stands when an order wants to hold it. */
export interface Holdable {
  totalLimit: number | null
  perUserLimit: number | null
  endsAt: Date | null
  deletedAt: Date | null
  used: number
  usedByUser: number
}
/** A code as it stands; undefined for one that is not stored, such as a campaign's own code before it was changed. */
export interface HoldableCode {
  singleUse: boolean
  campaignId: number
  /** The order that has it. */
  orderId: number | null
}

/**
 * Why an order cannot hold a campaign. A customer who used no code is not refused for what ran out since the order was priced: automatic
 * campaigns count past their limits.
 */
export const refusalToHold = (
  { campaign_id, code }: Pick<Use, 'campaign_id' | 'code'>,
  campaign: Holdable | undefined,
  stored: HoldableCode | undefined,
  placedAt: Date,
): Refusal | undefined => {
  if (code === null) return undefined
  if (!campaign) return 'unknown_code'
  const { totalLimit, perUserLimit, endsAt, deletedAt, used, usedByUser } = campaign
  if (totalLimit !== null && used >= totalLimit) return 'limit_reached'
  if (isTooLate(endsAt, placedAt) || isTooLate(deletedAt, placedAt)) return 'expired'
  if (perUserLimit !== null && usedByUser >= perUserLimit) return 'user_limit_reached'
  return stored?.singleUse && (stored.campaignId !== campaign_id || stored.orderId !== null) ? 'code_used' : undefined
}
