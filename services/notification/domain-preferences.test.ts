import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { channels, type Kind, kindNames, kinds } from './domain'
import {
  type Choices,
  choiceTable,
  possibleChannels,
  refusedChoices,
  storedChoices,
  wantedChannels,
  wants,
  withoutMail,
} from './domain-preferences'

const anyChoices = fc.dictionary(
  fc.constantFrom(...kindNames),
  fc.dictionary(fc.constantFrom(...channels), fc.boolean()),
) as fc.Arbitrary<Choices>

test('critical messages go where they go by default, whatever is chosen', () => {
  fc.assert(
    fc.property(anyChoices, choices => {
      for (const kind of kindNames.filter(name => kinds[name].class === 'critical'))
        expect(wantedChannels(choices, kind)).toEqual([...kinds[kind].channels])
    }),
  )
})

test('what is stored means the same as what was chosen, and the table that is shown can be sent back', () => {
  fc.assert(
    fc.property(anyChoices, choices => {
      const stored = storedChoices(choices)
      for (const kind of kindNames)
        for (const channel of channels)
          expect(wants(stored, kind, channel)).toBe(kinds[kind].mailOnly && channel !== 'email' ? false : wants(choices, kind, channel))
      const table = choiceTable(stored, { admin: true }) as Choices
      expect(refusedChoices(table)).toEqual([])
      expect(wantedMap(storedChoices(table))).toEqual(wantedMap(stored))
    }),
  )
})
const wantedMap = (choices: Choices) => Object.fromEntries(kindNames.map((kind: Kind) => [kind, wantedChannels(choices, kind)]))

test('one click stops the mails of its kind alone; that of a digest stops all that it collects', () => {
  expect(wantedChannels(withoutMail({}, 'price_drop'), 'price_drop')).toEqual(['in_app', 'push'])
  expect(wantedChannels(withoutMail({}, 'price_drop'), 'back_in_stock')).toContain('email')
  const all = withoutMail({}, 'digest')
  expect(['price_drop', 'back_in_stock', 'digest'].filter(kind => wants(all, kind as Kind, 'email'))).toEqual([])
  expect(wants(all, 'review_request', 'email')).toBe(true)
})

test('a page of preferences has the kinds for administrators only when an administrator reads it', () => {
  expect(Object.keys(choiceTable({}, { admin: false }))).not.toContain('low_stock')
  expect(Object.keys(choiceTable({}, { admin: true }))).toContain('low_stock')
})

test('a choice for one channel leaves the others as the kind has them', () => {
  expect(wantedChannels({}, 'order_paid')).toEqual(['in_app', 'email'])
  expect(wantedChannels({ order_paid: { email: false, sms: true } }, 'order_paid')).toEqual(['in_app', 'sms'])
  expect(possibleChannels('digest')).toEqual(['email'])
  expect(possibleChannels('order_paid').map(channel => channel as string)).toEqual(['in_app', 'email', 'sms', 'push'])
})

test('a choice that would change a critical message is refused, and one that repeats how it goes is not', () => {
  expect(refusedChoices({ new_sign_in: { email: false } })).toEqual(['new_sign_in'])
  expect(refusedChoices({ new_sign_in: { push: true }, verify_email: { email: true } })).toEqual(['new_sign_in'])
  expect(refusedChoices({ new_sign_in: { email: true, push: false }, order_paid: { email: false } })).toEqual([])
})

test('only what differs from how a kind goes is stored', () => {
  expect(storedChoices({ order_paid: { email: true, in_app: false, push: true, sms: false } })).toEqual({
    order_paid: { in_app: false, push: true },
  })
  // A secret goes by mail alone.
  expect(storedChoices({ digest: { push: true, email: false } })).toEqual({ digest: { email: false } })
  expect(storedChoices({ order_paid: { email: true } })).toEqual({})
})

test('the mails that one click stops are added to what was chosen before', () => {
  expect(withoutMail({ price_drop: { push: false }, order_paid: { email: false } }, 'price_drop')).toEqual({
    price_drop: { push: false, email: false },
    order_paid: { email: false },
  })
  expect(withoutMail({}, 'digest')).toEqual({ price_drop: { email: false }, back_in_stock: { email: false }, digest: { email: false } })
})

test('the page of preferences shows every kind with each channel that it can use', () => {
  const table = choiceTable({ order_paid: { email: false } }, { admin: false })
  expect(table.order_paid).toEqual({ in_app: true, email: false, sms: false, push: false })
  expect(table.verify_email).toEqual({ email: true })
  expect(Object.keys(table)).toHaveLength(kindNames.length - 3)
})
