import { describe, expect, test } from 'bun:test'
import { errorRows } from '../../scripts/generate/problems'
import { amountsWith, offeredOf } from '../../web/shop/delivery'
import { problems } from '../../web/shop/words/problems/en'
import { textOf } from './files'

const standard = { option: 'standard', price: 10 } as const
const express = { option: 'express', price: 25 } as const
const pickup = { option: 'pickup', price: 4 } as const
/** A cart as its service shows it: with the standard option or the first, or without any where a coupon makes it free. */
const cartWith = (shipping: number) => ({ subtotal: 100, discount: 0, tax: 8, shipping, total: 108 + shipping, currency: 'USD' })

describe('the option of a delivery', () => {
  test('is the wanted one, or the first where the place does not have it', () => {
    expect(offeredOf([standard, express], 'express')).toBe(express)
    expect(offeredOf([express, pickup], 'standard')).toBe(express)
    expect(offeredOf([], 'standard')).toBeUndefined()
  })
})

describe('what the checkout shows', () => {
  const shown = (...given: Parameters<typeof amountsWith>) => {
    const { shipping, total } = amountsWith(...given)
    return { shipping, total }
  }
  const all = [standard, express, pickup]

  test('is the price of the chosen option in place of the one in the cart', () => {
    expect(shown(cartWith(10), all, standard)).toEqual({ shipping: 10, total: 118 })
    expect(shown(cartWith(10), all, express)).toEqual({ shipping: 25, total: 133 })
    expect(shown(cartWith(10), all, pickup)).toEqual({ shipping: 4, total: 112 })
  })

  test('free shipping takes off what standard costs, and no more than the option costs', () => {
    expect(shown(cartWith(0), all, standard)).toEqual({ shipping: 0, total: 108 })
    expect(shown(cartWith(0), all, express)).toEqual({ shipping: 15, total: 123 })
    expect(shown(cartWith(0), all, pickup)).toEqual({ shipping: 0, total: 108 })
  })

  test('where there is no standard option, the first is in the cart, and counts once', () => {
    expect(shown(cartWith(25), [express, pickup], express)).toEqual({ shipping: 25, total: 133 })
    expect(shown(cartWith(25), [express, pickup], pickup)).toEqual({ shipping: 4, total: 112 })
  })

  test('where standard costs nothing from some sum on, the others keep their price', () => {
    expect(shown(cartWith(0), [{ ...standard, price: 0 }, express], express)).toEqual({ shipping: 25, total: 133 })
  })

  test('is the cart as it is until the options are known', () => {
    expect(amountsWith(cartWith(10), [], undefined)).toEqual(cartWith(10))
  })
})

test('a refusal is explained under a code that exists', () => {
  const codes = errorRows(textOf('docs/errors.md')).map(({ code }) => code)
  // The browser's side of the shop finds this one itself.
  const known = new Set([...codes, 'session_changed'])
  expect(Object.keys(problems).filter(code => !known.has(code))).toEqual([])
})
