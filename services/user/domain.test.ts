import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import { day, hour, minute, second } from '#shared/time'
import {
  emailOf,
  hasExpired,
  lockout,
  loginNameOf,
  publishedBeforeMs,
  requireAnotherAdmin,
  requireNoAdmin,
  rotationDue,
  signingKey,
  usernameOf,
} from './domain'

describe('names', () => {
  test('case, width and surrounding blanks make no difference to an e-mail', () => {
    for (const spelling of ['Ann@Example.com', ' ann@example.com ', 'ANN@EXAMPLE.COM', 'ａｎｎ@example.com'])
      expect(emailOf(spelling)).toBe('ann@example.com')
  })
  test('one mailbox has one spelling: a full stop at the end and the ASCII form of a domain make no difference', () => {
    expect(emailOf('a@shop.example.')).toBe('a@shop.example')
    for (const spelling of [
      'a@bücher.example',
      'a@BÜCHER.example',
      'a@bu\u0308cher.example',
      'a@xn--bcher-kva.example',
      'a@bücher。example.',
    ])
      expect(emailOf(spelling)).toBe('a@xn--bcher-kva.example')
    expect(loginNameOf({ email: 'A@Bücher.example' })).toEqual({ by: 'email', key: 'a@xn--bcher-kva.example' })
    expect(emailOf('jürgen+shop@example.com')).toBe('jürgen+shop@example.com')
  })
  test('comments, quotes, brackets and what is no domain are refused in an e-mail', () => {
    for (const email of [
      ...['a(x)@shop.example', '<a@shop.example>', 'Ann <a@shop.example>', '"a b"@shop.example', 'a@shop.example(x)', 'a@[127.0.0.1]'],
      ...[
        'a@127.0.0.1',
        'a@-shop.example',
        'a@shop..example',
        '.a@shop.example',
        'a..b@shop.example',
        'a@shop.example..',
        'a\u200B@shop.example',
      ],
    ])
      expect(() => emailOf(email)).toThrow()
  })
  test('a username with letters of several scripts is refused, since they can look the same', () => {
    for (const name of ['p\u0430ypal', 'ann\u03BF', '\u0410nn', '\u0561nna', '\u0440\u0430\u0443\u0440\u0430l'])
      expect(() => usernameOf(name)).toThrow()
    for (const name of ['анна', 'Ελένη', '山田たろう', '山田taro', '김철수', 'ann-7', 'zoë', '张伟', 'علي', 'अनु', 'Nguyễn'])
      expect(usernameOf(name).username).toBe(name.normalize('NFKC'))
  })
  test('a username is kept as written, and its key ignores case and width', () => {
    expect(usernameOf(' Ann.Lee ')).toEqual({ username: 'Ann.Lee', key: 'ann.lee' })
    expect(usernameOf('ＡＮＮ').key).toBe('ann')
    expect(usernameOf('\u212Aim').key).toBe('kim')
  })
  test('a username with an @, blanks or control characters is refused', () => {
    for (const name of ['a@b.c', 'ann lee', 'ann\u200Blee', '', '.ann', 'x'.repeat(65)]) expect(() => usernameOf(name)).toThrow()
  })
  test('a malformed e-mail is refused', () => {
    for (const email of ['ann', 'ann@', '@example.com', 'a b@example.com', 'ann@example', 'a@b@c.d', `${'x'.repeat(250)}@example.com`])
      expect(() => emailOf(email)).toThrow()
  })
  test('normalising an e-mail twice changes nothing more', () => {
    fc.assert(fc.property(fc.emailAddress(), email => emailOf(emailOf(email)) === emailOf(email)))
  })
  test('a login has either an e-mail or a username, not both and not neither', () => {
    expect(loginNameOf({ username: 'Ann' })).toEqual({ by: 'username_key', key: 'ann' })
    expect(loginNameOf({ username: 'Ann@Example.com' })).toEqual({ by: 'email', key: 'ann@example.com' })
    expect(() => loginNameOf({})).toThrow()
    expect(() => loginNameOf({ email: 'a@b.c', username: 'a' })).toThrow()
  })
})

test('the last active administrator must stay; any other may leave', () => {
  const refusal = (activeAdmins: number[]) => codeOf(() => requireAnotherAdmin(activeAdmins, 7))
  expect([refusal([7]), refusal([7, 8]), refusal([8, 7]), refusal([8]), refusal([])]).toEqual([
    'last_admin',
    'nothing',
    'nothing',
    'nothing',
    'nothing',
  ])
})

test('an account is erased by others only while it is no administrator’s', () => {
  expect([codeOf(() => requireNoAdmin('admin')), codeOf(() => requireNoAdmin('customer'))]).toEqual(['admin_account', 'nothing'])
})

test('five wrong passwords are free, then an account waits from half a minute to an hour, and a day later all is forgotten', () => {
  expect(lockout).toEqual({ freeFailures: 5, firstWaitMs: 30 * second, longestWaitMs: hour, forgetAfterMs: day })
})

describe('signing keys', () => {
  const at = (minutes: number) => new Date(minutes * minute)
  const life = 15 * minute
  const keys = [
    { generation: 1, signs_from: at(0) },
    { generation: 2, signs_from: at(100) },
  ]
  test('a new key signs only from its time on', () => {
    expect(signingKey(keys, at(99))?.generation).toBe(1)
    expect(signingKey(keys, at(100))?.generation).toBe(2)
    expect([signingKey([...keys].reverse(), at(100))?.generation, signingKey(keys, at(-1))]).toEqual([2, undefined])
    expect(publishedBeforeMs).toBe(11 * minute)
  })
  test('an old key expires when the last token that it signed has expired', () => {
    const [old, next] = keys
    expect(hasExpired(old!, keys, life, at(115))).toBe(false)
    // A minute is left for clocks that differ.
    expect([hasExpired(old!, keys, life, at(116)), hasExpired(old!, keys, life, new Date(at(116).getTime() + 1))]).toEqual([false, true])
    expect(hasExpired(old!, [...keys, { generation: 3, signs_from: at(500) }], life, at(117))).toBe(true)
    expect(hasExpired(old!, [old!], life, at(1_000_000))).toBe(false)
    expect(hasExpired(next!, keys, life, at(1_000_000))).toBe(false)
  })
  test('a rotation is due thirty days after the newest key began to sign', () => {
    expect(rotationDue([keys[0]!], at(30 * 24 * 60 - 1))).toBe(false)
    expect(rotationDue([keys[0]!], at(30 * 24 * 60))).toBe(true)
    expect(rotationDue(keys, at(30 * 24 * 60))).toBe(false)
    expect(rotationDue([], at(0))).toBe(true)
  })
})
