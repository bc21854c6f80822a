import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { channels, type Kind, kindNames, kinds } from './domain'
import { type Choices, choiceTable, refusedChoices, storedChoices, wantedChannels, wants, withoutMail } from './domain-preferences'

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
