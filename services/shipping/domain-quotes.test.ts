import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import { defaultGrams, priceOptions, shippingOptions, shippingPrice, totalGrams, type ZoneRate } from './domain-quotes'

const rate: ZoneRate = {
  option: 'standard',
  price: 500,
  included_grams: 2000,
  per_kg: 100,
  free_over: 5000,
  days_min: 2,
  days_max: 4,
  is_default: false,
}

describe('the weight of an order', () => {
  test('is that of its pieces, and a piece of unknown weight counts as half a kilogram', () => {
    const grams = new Map([
      ['A', 120],
      ['B', 0],
    ])
    expect(totalGrams([{ sku: 'A', quantity: 3 }], grams)).toBe(360)
    expect([totalGrams([{ sku: 'C', quantity: 2 }], grams), totalGrams([{ quantity: 2 }], grams)]).toEqual([1000, 1000])
    expect(totalGrams([{ sku: 'B', quantity: 9 }], grams)).toBe(0)
    const mixed = [{ sku: 'A', quantity: 1 }, { quantity: 1 }]
    expect([totalGrams(mixed, grams), totalGrams([], grams)]).toEqual([120 + defaultGrams, 0])
  })
})

describe('the price of shipping', () => {
  test('covers the included weight, and each started kilogram above it costs more', () => {
    const prices = [0, 2000, 2001, 3000, 3001].map(grams => shippingPrice(rate, grams, 0))
    expect(prices).toEqual([500, 500, 600, 600, 700])
  })
  test('is nothing from the free subtotal on, whatever the weight', () => {
    expect([4999, 5000, 5001].map(subtotal => shippingPrice(rate, 9000, subtotal))).toEqual([1200, 0, 0])
    expect(shippingPrice({ ...rate, free_over: 0 }, 9000, 0)).toBe(0)
    expect(shippingPrice({ ...rate, free_over: null }, 0, 1_000_000)).toBe(500)
  })
  test('never falls when an order gets heavier, and never rises when it gets dearer', () => {
    const nat = fc.nat(100_000)
    fc.assert(
      fc.property(nat, nat, nat, nat, (grams, moreGrams, subtotal, more) => {
        const price = shippingPrice(rate, grams, subtotal)
        expect(shippingPrice(rate, grams + moreGrams, subtotal)).toBeGreaterThanOrEqual(price)
        expect(shippingPrice(rate, grams, subtotal + more)).toBeLessThanOrEqual(price)
      }),
    )
  })
})

describe('the shipping options at a place', () => {
  const express: ZoneRate = { ...rate, option: 'express', price: 1500, free_over: null, days_min: 1, days_max: 1 }
  const pickup: ZoneRate = { ...rate, option: 'pickup', price: 0, per_kg: 0, free_over: null, is_default: true }
  const everywhere: ZoneRate = { ...rate, price: 2500, is_default: true }

  test('have their price for this weight and subtotal, in the same order whatever the rates come in', () => {
    const options = [
      { option: 'standard', price: 700, free_over: 5000, days_min: 2, days_max: 4 },
      { option: 'express', price: 1700, free_over: null, days_min: 1, days_max: 1 },
    ] as const
    expect(priceOptions([express, rate], 4000, 4000)).toEqual([...options])
    expect(priceOptions([rate, express], 4000, 4000)).toEqual([...options])
    expect(priceOptions([rate, express], 4000, 5000).map(({ price }) => price)).toEqual([0, 1700])
    expect(shippingOptions.map(option => option as string)).toEqual(['standard', 'express', 'pickup'])
  })
  test('are those of the zone; those of everywhere apply only where the zone has none', () => {
    expect(priceOptions([everywhere, pickup, rate], 0, 0).map(({ option, price }) => [option, price])).toEqual([['standard', 500]])
    expect(priceOptions([pickup, everywhere], 0, 0).map(({ option, price }) => [option, price])).toEqual([
      ['standard', 2500],
      ['pickup', 0],
    ])
  })
  test('do not exist in a currency without rates', () => {
    expect(codeOf(() => priceOptions([], 0, 0))).toBe('no_rate_for_currency')
  })
})
