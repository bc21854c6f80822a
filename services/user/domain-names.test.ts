import { describe, expect, test } from 'bun:test'
import type { AppError } from '#shared/errors'
import { codeOf } from '#shared/testing-errors'
import { emailOf, loginNameOf, usernameOf } from './domain'
import { mailboxOf } from './domain-email'

/** The code of a refusal and the fields that it names. */
const refusal = (work: () => unknown) => {
  try {
    work()
    return []
  } catch (error) {
    const { code, errors = [] } = error as AppError
    return [code, ...errors.map(({ path }) => path)]
  }
}

describe('an e-mail address', () => {
  test('may have each of the characters that mailboxes have', () => {
    for (const local of ["a!#$%&'*+/=?^_`{|}~-z", 'a.b.c', '1', 'å', 'नमस्ते', 'a\u0301b', '-', 'a+b.c+d'])
      expect(mailboxOf(`${local}@shop.example`)).toBe(`${local.normalize('NFKC')}@shop.example`)
  })
  test('has no full stop at an end of its first part or beside another one, and no other character', () => {
    for (const local of ['.a', 'a.', 'a..b', 'a.b..c', '', '.', 'a,b', 'a:b', 'a;b', 'a\\b', 'a"b', '(a', 'a)', '[a]', 'a.b c', 'a.b(c'])
      expect([local, mailboxOf(`${local}@shop.example`)]).toEqual([local, undefined])
  })
  test('has a domain of labels of 1 to 63 letters, digits and inner hyphens', () => {
    const long = 'x'.repeat(63)
    for (const domain of [
      'a.b',
      'a-b.c-d',
      'a--b.example',
      'x1.y2',
      '1.a',
      `${long}.example`,
      `a.${long}`,
      '3com.example',
      'a.1a',
      'a.a1',
      'a.b.c.d',
    ])
      expect([domain, mailboxOf(`ann@${domain}`)]).toEqual([domain, `ann@${domain}`])
    for (const domain of [
      'example',
      `${long}x.example`,
      `a.${long}x`,
      '-a.example',
      'a-.example',
      'a.-b',
      'a.b-',
      '.example',
      'a_b.example',
      'a.1',
      'a.12',
      '',
      'a..b',
    ])
      expect([domain, mailboxOf(`ann@${domain}`)]).toEqual([domain, undefined])
  })
  test('loses the full stop that may end it, and no other', () => {
    expect([mailboxOf('a@b.example.'), mailboxOf('a@b.example..'), mailboxOf('a.b@c.example')]).toEqual([
      'a@b.example',
      undefined,
      'a.b@c.example',
    ])
  })
  test('has one @, and at most 254 characters', () => {
    expect([mailboxOf('a@b@c.example'), mailboxOf('ann'), mailboxOf('a@b.example@')]).toEqual([undefined, undefined, undefined])
    const ofLength = (length: number) => `${'x'.repeat(length - '@b.example'.length)}@b.example`
    expect([mailboxOf(ofLength(254)) === undefined, mailboxOf(ofLength(255)) === undefined]).toEqual([false, true])
  })
  test('that is malformed is refused, and named as the field to mend', () => {
    expect(refusal(() => emailOf('ann'))).toEqual(['invalid_input', '/email'])
  })
})

describe('a username', () => {
  const isName = (name: string) => codeOf(() => usernameOf(name)) === 'nothing'
  test('has 2 to 64 letters, digits, dots, underscores and hyphens, and a letter or digit first', () => {
    expect(['ab', 'a'.repeat(64), '7.', 'a_b-c.d', 'ab1', ' ab '].filter(isName)).toHaveLength(6)
    expect(['a', 'a'.repeat(65), '.ab', '_ab', '-ab', 'a b', 'ab!', '!ab', 'a\nb', '\u0301ab'].filter(isName)).toEqual([])
  })
  test('that is refused is named as the field to mend', () => {
    expect([refusal(() => usernameOf('.')), refusal(() => usernameOf('p\u0430ypal'))]).toEqual([
      ['invalid_input', '/username'],
      ['invalid_input', '/username'],
    ])
  })
  test('may be written in any of the scripts of the world’s languages', () => {
    for (const name of [
      ...['علي', 'Արամ', 'রবি', 'ᏣᎳᎩ', 'Анна', 'रवि', 'አበበ', 'გია', 'Ελένη', 'રવિ', 'ਰਵੀ', 'דוד', 'ರವಿ', 'សុខ', 'ລາວ', 'രവി'],
      ...['ᠮᠣᠩ', 'အောင်', 'ରବି', 'රවි', 'ரவி', 'రవి', 'สมชาย', 'བོད', 'taro太郎たろタロ', 'kim金김', 'li李ㄌㄧ'],
    ])
      expect([name, isName(name)]).toEqual([name, true])
  })
  test('may not mix scripts that are not written together, nor be in one that nobody listed', () => {
    for (const name of ['\u0410\u043dt', '김たろ', '김ㄌ', 'annა', 'Аnn', 'たろΕ', 'علיד', '𐌀𐌁'])
      expect([name, isName(name)]).toEqual([name, false])
  })
})

test('a login names an account by mail or by name, and what cannot be a mailbox is only unknown', () => {
  expect(loginNameOf({ email: 'not a mailbox@' })).toEqual({ by: 'email', key: 'not a mailbox@' })
  expect(loginNameOf({ email: 'Ann' })).toEqual({ by: 'username_key', key: 'ann' })
  expect([refusal(() => loginNameOf({})), refusal(() => loginNameOf({ email: 'a@b.c', username: 'a' }))]).toEqual([
    ['invalid_input', '/email'],
    ['invalid_input', '/email'],
  ])
})
