import { describe, expect, test } from 'bun:test'
import { minute } from '#shared/time'
import { type Holdable, type HoldableCode, nextRedemptionStep, oncePerCampaign, refusalToHold } from './domain-redemptions'

describe('a redemption', () => {
  test('is held once and released once, whichever event comes first', () => {
    expect((['new', 'redeemed', 'rejected', 'released'] as const).map(state => nextRedemptionStep(state, 'placed'))).toEqual([
      'hold',
      'nothing',
      'nothing',
      'nothing',
    ])
    expect((['new', 'redeemed', 'rejected', 'released'] as const).map(state => nextRedemptionStep(state, 'cancelled'))).toEqual([
      'close',
      'release',
      'nothing',
      'nothing',
    ])
  })
})

test('a campaign that an order names twice counts once, with its code and both amounts; campaigns go by their ids', () => {
  const uses = [
    { campaign_id: 7, code: null, amount: 100 },
    { campaign_id: 3, code: null, amount: 5 },
    { campaign_id: 7, code: 'SAVE', amount: 200 },
  ]
  expect(oncePerCampaign(uses)).toEqual([
    { campaign_id: 3, code: null, amount: 5 },
    { campaign_id: 7, code: 'SAVE', amount: 300 },
  ])
  expect(oncePerCampaign([uses[2]!, uses[0]!])).toEqual([{ campaign_id: 7, code: 'SAVE', amount: 300 }])
})

describe('a campaign', () => {
  const placedAt = new Date('2026-03-01T00:00:00Z')
  const campaign: Holdable = { totalLimit: 2, perUserLimit: 1, endsAt: null, deletedAt: null, used: 1, usedByUser: 0 }
  const single: HoldableCode = { singleUse: true, campaignId: 7, orderId: null }
  const refusal = (known: Partial<Holdable>, stored?: Partial<HoldableCode>, code: string | null = 'SAVE') =>
    refusalToHold({ campaign_id: 7, code }, { ...campaign, ...known }, stored && { ...single, ...stored }, placedAt)
  const ago = (ms: number) => new Date(placedAt.getTime() - ms)

  test('is held up to its limits', () => {
    expect(refusal({})).toBeUndefined()
    expect(refusal({ used: 2 })).toBe('limit_reached')
    expect(refusal({ used: 2, totalLimit: null })).toBeUndefined()
    expect(refusal({ usedByUser: 1 })).toBe('user_limit_reached')
    expect(refusal({ usedByUser: 1, perUserLimit: null })).toBeUndefined()
  })
  test('that has ended or was deleted is held by orders that were placed within a minute', () => {
    expect([refusal({ endsAt: ago(minute) }), refusal({ deletedAt: ago(minute) })]).toEqual(['expired', 'expired'])
    expect([refusal({ endsAt: ago(minute - 1) }), refusal({ deletedAt: ago(minute - 1) })]).toEqual([undefined, undefined])
  })
  test('is refused for a code that another order has, that belongs to another campaign, or whose campaign is gone', () => {
    expect(refusal({}, {})).toBeUndefined()
    expect([refusal({}, { orderId: 4 }), refusal({}, { campaignId: 8 })]).toEqual(['code_used', 'code_used'])
    expect(refusal({}, { singleUse: false, campaignId: 8, orderId: 4 })).toBeUndefined()
    expect(refusalToHold({ campaign_id: 7, code: 'SAVE' }, undefined, undefined, placedAt)).toBe('unknown_code')
  })
  test('without a code counts past its limits', () => {
    expect(refusal({ used: 9, usedByUser: 9, endsAt: ago(10 * minute) }, undefined, null)).toBeUndefined()
    expect(refusalToHold({ campaign_id: 7, code: null }, undefined, undefined, placedAt)).toBeUndefined()
  })
})
