import { expect, test } from 'bun:test'
import { AppError } from '#shared/errors'
import { passwordHashes } from './password-hashes'

const passwords = passwordHashes({ memoryCost: 64, timeCost: 1 })

test('a password is kept as argon2id, and only the same one matches', async () => {
  const hash = await passwords.hash('a long password')
  expect(hash).toStartWith('$argon2id$')
  expect(await passwords.matches('a long password', hash)).toBe(true)
  expect(await passwords.matches('a long passwore', hash)).toBe(false)
  expect(await passwords.hash('a long password')).not.toBe(hash)
})

test('letters that look alike to a keyboard are the same password', async () => {
  expect(await passwords.matches('pa\u00DFw\u00F6rter', await passwords.hash('pa\u00DFwo\u0308rter'))).toBe(true)
})

test('nobody has no password, whatever is tried', async () => {
  for (const nothing of [undefined, null]) expect(await passwords.matches('a long password', nothing)).toBe(false)
})

test('more at once than can be done in about a second are told to come again', async () => {
  const all = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('a long password')))
  const refused = all.flatMap(one => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toHaveLength(18)
  for (const reason of refused) {
    expect(reason).toBeInstanceOf(AppError)
    expect(reason).toMatchObject({ kind: 'unavailable', retryAfter: 1 })
  }
  expect(await passwords.hash('a long password')).toStartWith('$argon2id$')
})
