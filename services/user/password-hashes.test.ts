import { expect, test } from 'bun:test'
import { AppError } from '#shared/errors'
import { passwordHashes } from './password-hashes'

const passwords = passwordHashes({ memoryCost: 64, timeCost: 1 })

test('a password is hashed with argon2id, and only the same password matches', async () => {
  const hash = await passwords.hash('a long password')
  expect(hash).toStartWith('$argon2id$')
  expect(await passwords.matches('a long password', hash)).toBe(true)
  expect(await passwords.matches('a long passwore', hash)).toBe(false)
  expect(await passwords.hash('a long password')).not.toBe(hash)
})

test('the two Unicode spellings of a letter are the same password', async () => {
  expect(await passwords.matches('pa\u00DFw\u00F6rter', await passwords.hash('pa\u00DFwo\u0308rter'))).toBe(true)
})

test('nothing matches an account without a password', async () => {
  for (const nothing of [undefined, null]) expect(await passwords.matches('a long password', nothing)).toBe(false)
})

test('more hashes at once than take about a second are refused with Retry-After', async () => {
  const all = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('a long password')))
  const refused = all.flatMap(one => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toHaveLength(18)
  for (const reason of refused) {
    expect(reason).toBeInstanceOf(AppError)
    expect(reason).toMatchObject({ kind: 'unavailable', retryAfter: 1 })
  }
  expect(await passwords.hash('a long password')).toStartWith('$argon2id$')
})
