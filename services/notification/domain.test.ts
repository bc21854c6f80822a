import { expect, test } from 'bun:test'
import { kindNames, kinds } from './domain'

test('every kind has a class and a channel, and a secret goes by mail alone', () => {
  expect(Object.keys(kinds)).toEqual([...kindNames])
  for (const { channels, mailOnly } of Object.values(kinds)) {
    expect(channels.length).toBeGreaterThan(0)
    if (mailOnly) expect(channels).toEqual(['email'])
  }
})
