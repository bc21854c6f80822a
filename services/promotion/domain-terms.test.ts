import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import {
  checkTerms,
  hundredPercent,
  isWrongCode,
  normalCode,
  percentToPpm,
  ppmToPercent,
  type Refusal,
  refusalTexts,
  toldTo,
} from './domain'

describe('the terms of a campaign', () => {
  test('a percentage is exact to four decimals', () => {
    expect([12.5, 0.0001, 100, 33.3333].map(percentToPpm)).toEqual([125_000, 1, hundredPercent, 333_333])
    expect([125_000, 1, hundredPercent, 333_333, 10_000].map(ppmToPercent)).toEqual([12.5, 0.0001, 100, 33.3333, 1])
    fc.assert(fc.property(fc.integer({ min: 1, max: hundredPercent }), ppm => expect(percentToPpm(ppmToPercent(ppm))).toBe(ppm)))
  })
  test.each([0, 100.0001, 101, 1000, 1.00001, 1e-7, -5, Number.NaN, Number.POSITIVE_INFINITY])('%d percent is refused', percent => {
    expect(codeOf(() => percentToPpm(percent))).toBe('invalid_value')
  })

  const terms = {
    kind: 'percentage',
    value: 1,
    buyQuantity: 0,
    getQuantity: 0,
    startsAt: null,
    endsAt: null,
    code: 'A',
    automatic: false,
  } as const
  const refusal = (changed: Partial<Parameters<typeof checkTerms>[0]>) => codeOf(() => checkTerms({ ...terms, ...changed }))
  const [earlier, later] = [new Date(1000), new Date(2000)]

  test.each<[string, Partial<Parameters<typeof checkTerms>[0]>]>([
    ['a percentage with a code', {}],
    ['an automatic percentage', { code: null, automatic: true }],
    ['a percentage that nothing announces yet', { code: null }],
    ['the smallest amount', { kind: 'fixed', value: 1 }],
    ['free shipping, which needs no value', { kind: 'free_shipping', value: 0 }],
    ['two for one', { kind: 'buy_x_get_y', value: 0, buyQuantity: 1, getQuantity: 1 }],
    ['a start without an end', { startsAt: later }],
    ['an end without a start', { endsAt: earlier }],
    ['an end after the start', { startsAt: earlier, endsAt: later }],
  ])('%s is accepted', (_, changed) => expect(refusal(changed)).toBe('nothing'))

  test.each<[string, Partial<Parameters<typeof checkTerms>[0]>, string]>([
    ['an amount of nothing', { kind: 'fixed', value: 0 }, 'invalid_value'],
    ['buy nothing, get one', { kind: 'buy_x_get_y', getQuantity: 1 }, 'invalid_quantities'],
    ['buy one, get nothing', { kind: 'buy_x_get_y', buyQuantity: 1 }, 'invalid_quantities'],
    ['a percentage with pieces to buy', { buyQuantity: 1 }, 'invalid_quantities'],
    ['a percentage with free pieces', { getQuantity: 1 }, 'invalid_quantities'],
    ['an end at the start', { startsAt: later, endsAt: later }, 'invalid_schedule'],
    ['an end before the start', { startsAt: later, endsAt: earlier }, 'invalid_schedule'],
    ['an automatic campaign with a code', { automatic: true }, 'code_or_automatic'],
  ])('%s is refused', (_, changed, code) => expect(refusal(changed)).toBe(code))
})

describe('a code', () => {
  test('is the same in upper and lower case and with spaces around it', () => {
    expect(normalCode(' welcome10 ')).toBe('WELCOME10')
  })
  const refusals = Object.keys(refusalTexts) as Refusal[]
  const aboutTheCode: Refusal[] = ['unknown_code', 'code_used', 'not_started', 'expired', 'limit_reached']
  test('that is refused counts as a guess when the refusal tells that the code exists or does not', () => {
    expect(refusals.filter(isWrongCode).toSorted()).toEqual(aboutTheCode.toSorted())
    expect(isWrongCode(undefined)).toBe(false)
  })
  test('is unknown to a guest whatever is wrong with it; who is logged in is told the reason', () => {
    for (const refusal of refusals) {
      expect(toldTo(undefined, refusal)).toBe(aboutTheCode.includes(refusal) ? 'unknown_code' : refusal)
      expect(toldTo(1, refusal)).toBe(refusal)
    }
  })
  test('is refused in words, and in other words for each reason', () => {
    const texts = Object.values(refusalTexts)
    expect(texts.every(text => text.endsWith('.'))).toBe(true)
    expect(new Set(texts).size).toBe(refusals.length)
  })
})
