import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { testSql } from '#shared/testing'
import { auditSchemaOf, type UserDb } from './database'
import { emailOf } from './domain'
import * as migrations from './migrations'

const isEarlier = ([name]: readonly [string, unknown]) => name < '_009'
const stores = await testSql<UserDb>({ service: 'user', migrations: Object.fromEntries(Object.entries(migrations).filter(isEarlier)) })
const { db } = stores.sql
afterAll(async () => {
  await raw`drop database if exists ${raw.id(await auditSchemaOf(db))}`.execute(db)
  await stores.drop()
})

/** E-mails as the earlier release stored them: with one case and width of letters, but each spelling of a domain by itself. */
const earlier = {
  plain: 'ann@example.com',
  umlaut: 'bob@bücher.example',
  fullStop: 'cleo@example.com.',
  both: 'dan@straße.example.',
  letters: 'jörg@example.com',
  comment: 'eve(work)@example.com',
  unusable: 'fay@☃..example',
  // Two pairs of accounts, each of one mailbox.
  hasAscii: 'gil@xn--bcher-kva.example',
  sameInLetters: 'gil@bücher.example',
  older: 'hal@bücher.example.',
  newer: 'hal@xn--bcher-kva.example.',
}
type Person = keyof typeof earlier
const people = Object.keys(earlier) as Person[]

const stored = async () => {
  const rows = await db.selectFrom('users').selectAll().orderBy('id').execute()
  return new Map(rows.map(row => [row.username, row]))
}
const emailsNow = async () => {
  const rows = await stored()
  return Object.fromEntries(people.map(person => [person, rows.get(person)?.email]))
}

describe('the accounts of an earlier release', () => {
  beforeAll(async () => {
    for (const person of people)
      await db
        .insertInto('users')
        .values({
          email: earlier[person],
          username: person,
          username_key: person.toLowerCase(),
          password_hash: `hash of ${person}`,
        })
        .execute()
    await db.insertInto('users').values({ email: null, username: null, username_key: null, erased_at: new Date() }).execute()
    await stores.open({ migrations })
  })

  const migrated = {
    ...earlier,
    umlaut: 'bob@xn--bcher-kva.example',
    fullStop: 'cleo@example.com',
    both: 'dan@xn--strae-oqa.example',
    older: 'hal@xn--bcher-kva.example',
  }

  test('have the one spelling of their mailbox, which a person who logs in or registers now is looked up by', async () => {
    expect(await emailsNow()).toEqual(migrated)
    for (const person of ['plain', 'umlaut', 'fullStop', 'both', 'letters', 'older'] as const)
      expect(emailOf(earlier[person])).toBe(migrated[person])
  })

  test('keep their spelling where another account has the mailbox, the older one of two; everyone keeps username and password', async () => {
    const rows = await stored()
    expect([rows.get('sameInLetters')?.email, rows.get('newer')?.email]).toEqual([earlier.sameInLetters, earlier.newer])
    for (const person of people) expect(rows.get(person)).toMatchObject({ password_hash: `hash of ${person}`, pending_email: null })
    expect(rows.get(null)).toMatchObject({ email: null })
    expect(rows.size).toBe(people.length + 1)
  })

  test('are left as they are when a crash has the migration repeated, and so is an e-mail that waits for its link', async () => {
    await db.updateTable('users').set({ pending_email: 'ann@new.example' }).where('username', '=', 'plain').execute()
    const before = await stored()
    await raw`delete from kysely_migration where name >= '_009'`.execute(db)
    await stores.open({ migrations })
    expect(await stored()).toEqual(before)
  })
})
