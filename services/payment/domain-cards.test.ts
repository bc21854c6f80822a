import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import { looksLikeCard, refuseCardData } from './domain'

/** The last digit that makes a number pass the check of card numbers, by its table of doubled digits. */
const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
const withCheckDigit = (digits: readonly number[]) => {
  const sum = digits.toReversed().reduce((total, digit, at) => total + (at % 2 === 0 ? doubled[digit]! : digit), 0)
  return `${digits.join('')}${(10 - (sum % 10)) % 10}`
}
const withWrongCheckDigit = (digits: readonly number[]) => {
  const right = withCheckDigit(digits)
  return `${right.slice(0, -1)}${(Number(right.at(-1)) + 1) % 10}`
}
const digits = (length: number) => fc.array(fc.nat(9), { minLength: length, maxLength: length })
/** Cards have 13 to 16 digits, and those of some banks 19. */
const cardDigits = fc.constantFrom(13, 14, 15, 16, 19).chain(length => digits(length - 1))

describe('card numbers', () => {
  test('are recognized in any text around them', () => {
    fc.assert(
      fc.property(cardDigits, fc.constantFrom('tok_', 'card:', 'x'), fc.constantFrom('', '_eu', '/12'), (number, before, after) => {
        expect(looksLikeCard(`${before}${withCheckDigit(number)}${after}`)).toBe(true)
      }),
    )
  })
  test('are recognized within longer rows of digits, wherever they begin', () => {
    fc.assert(
      fc.property(cardDigits, digits(3), digits(3), (number, before, after) => {
        expect(looksLikeCard(`id${before.join('')}${withCheckDigit(number)}${after.join('')}`)).toBe(true)
      }),
    )
  })
  test('are recognized with a wrong check digit when they are all that was sent: they may be mistyped', () => {
    fc.assert(
      fc.property(cardDigits, number => {
        expect(looksLikeCard(withWrongCheckDigit(number))).toBe(true)
      }),
    )
    expect([12, 19].map(length => looksLikeCard('1'.repeat(length)))).toEqual([true, true])
    expect([11, 20].map(length => looksLikeCard('1'.repeat(length)))).toEqual([false, false])
  })
  test('are recognized with spaces, dots and hyphens between the digits', () => {
    for (const text of ['4242 4242 4242 4242', '4242.4242.4242.4242', '4242-4242-4242-4242', 'pay 4242\t4242 4242-4242 now'])
      expect(looksLikeCard(text)).toBe(true)
  })
  test('are not seen in digits of a token that fail the check, or are too few', () => {
    fc.assert(
      fc.property(digits(12), number => {
        expect(looksLikeCard(`tok_${withWrongCheckDigit(number)}`)).toBe(false)
      }),
    )
    // Twelve digits that pass the check.
    expect([looksLikeCard('tok_424242424242'), looksLikeCard('tok_4242x4242x4242x4242')]).toEqual([false, false])
    // All 17 digits together pass the check, but no card number has 17, and no shorter row of them passes.
    expect(looksLikeCard('tok_10000012345678910')).toBe(false)
  })
  test('are refused before they are stored; a token of a provider and no token are not', () => {
    const refusal = (token?: string) => codeOf(() => refuseCardData(token))
    expect([refusal('4242 4242 4242 4242'), refusal('tok_success'), refusal(undefined)]).toEqual([
      'card_data_refused',
      'nothing',
      'nothing',
    ])
  })
})
