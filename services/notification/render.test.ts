import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { AppError } from '#shared/errors'
import { render, renderShort } from './render'

const hostile = `<b>Bob</b> {{ 7 | times: 7 }} {% raw %} "x" 'y' &`
const filled = (source: string, values: Record<string, unknown> = {}, language?: string) => {
  const { subject, text, html } = render({ subject: source, text: source, html: source, ...(language && { language }) }, values)
  return { subject, text: text.trim(), html }
}
const faultOf = (part: Partial<Record<'subject' | 'text' | 'html', string>>, values: Record<string, unknown> = {}) => {
  try {
    render({ subject: 'Hello', text: '', html: '', ...part }, values)
  } catch (error) {
    return error instanceof AppError ? `${error.kind} ${error.code}: ${error.message}` : String(error)
  }
  return 'no fault'
}

describe('a value in a template', () => {
  test('comes out as the same letters, whatever HTML and Liquid it contains', () => {
    expect(filled('{{ name }}', { name: hostile })).toEqual({
      subject: hostile,
      text: hostile,
      html: '&lt;b&gt;Bob&lt;/b&gt; {{ 7 | times: 7 }} {% raw %} &quot;x&quot; &#39;y&#39; &amp;',
    })
  })
  test.each(['assign', 'capture', 'echo', 'liquid', 'append'])('is escaped in HTML by way of %s, too', way => {
    const source = {
      assign: '{% assign copy = name %}{{ copy }}',
      capture: '{% capture copy %}{{ name }}{% endcapture %}{{ copy | remove: "&amp;lt;" }}',
      echo: '{% echo name %}',
      liquid: '{% liquid\necho name\n%}',
      append: '{{ "" | append: name }}',
    }[way]!
    expect(filled(source, { name: '<script>' }).html).not.toContain('<script>')
  })
  test('is escaped once when the template escapes it as well', () => {
    expect(filled('{{ name | escape }}', { name: 'A & B' })).toEqual({ subject: 'A & B', text: 'A & B', html: 'A &amp; B' })
  })
  test('cannot end a line, begin a header, or turn the direction of writing', () => {
    const { subject, text, html } = filled('Hi {{ name }}!', { name: 'A\r\nBcc: evil@example.com\u2028B\u0000C\u202ED' })
    expect([subject, text, html]).toEqual(Array(3).fill('Hi A Bcc: evil@example.com B C D!'))
  })
  test('is made whole where half a character was cut off', () => {
    expect(filled('{{ name }}', { name: 'a\ud83d' }).text).toBe('a\ufffd')
  })
  test('of any characters is the same text in both parts, and no more than text', () => {
    const unescaped = (html: string) =>
      html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), name => {
        const { text, html } = render({ subject: 's', text: '[{{ name }}]', html: '[{{ name }}]' }, { name })
        expect(html).not.toMatch(/[<>"']/)
        expect(`${unescaped(html)}\n`).toBe(text)
      }),
    )
  })
  test('is not greeted by when it advertises a page', () => {
    const greeted = (name: string) => filled('[{{ name | greetable }}]', { name }).text
    expect(
      ['Nguyễn Văn A', 'J. R. Smith', '김 하나', 'Win at http://evil.example', 'www.evil.example', 'evil.example/win', 'x'.repeat(61)].map(
        greeted,
      ),
    ).toEqual(['[Nguyễn Văn A]', '[J. R. Smith]', '[김 하나]', '[]', '[]', '[]', '[]'])
    const named = ['Dr. No', 'Martin Luther King Jr.', 'St. John', 'v.1']
    expect(named.map(greeted)).toEqual(named.map(name => `[${name}]`))
    const bare = ['You won! Claim at evil.com', 'EVIL.COM', 't.me', 'evil.xn--p1ai', 'пример.рф', 'jo@evil.example', 'evil.भारत']
    expect(bare.map(greeted)).toEqual(bare.map(() => '[]'))
  })
  test('that has several fields is not printed as it is', () => {
    expect(faultOf({ text: '{{ total }}' }, { total: { amount: 1, currency: 'USD' } })).toContain('add a filter such as `| money`')
  })
  test('is read from the value itself, never from what all objects have', () => {
    expect(faultOf({ html: '{{ a.constructor }}' }, { a: { b: 1 } })).toContain('there is no value `a.constructor`')
    expect(faultOf({ html: '{{ __proto__ }}' })).toContain('there is no value')
  })
})

describe('amounts and times', () => {
  const values = { total: '1234.50', currency: 'USD', won: { amount: 39_000, currency: 'KRW' }, time: '2026-11-29T20:00:00Z' }
  const spaced = (language: string, extra = {}) =>
    filled('{{ total | money: currency }}, {{ won | money }}, {{ time | date_long }}', { ...values, ...extra }, language).text.replace(
      /\s/g,
      ' ',
    )
  test.each([
    ['en', '$1,234.50, ₩39,000, November 29, 2026 at 8:00 PM UTC'],
    ['ko', 'US$1,234.50, ₩39,000, 2026년 11월 29일 오후 8:00 UTC'],
    ['zh', 'US$1,234.50, ₩39,000, 2026年11月29日 UTC 20:00'],
    ['vi', '1.234,50 US$, 39.000 ₩, lúc 20:00 UTC 29 tháng 11, 2026'],
  ])('are written as %s writes them', (language, text) => expect(spaced(language)).toBe(text))
  test('are written in the language of the values where the template names none', () => {
    expect(filled('{{ time | date_long }}', { ...values, language: 'ko' }).text).toStartWith('2026년')
  })
  test('are told in the zone of the reader, and in UTC where that is unknown', () => {
    expect(spaced('ko', { time_zone: 'Asia/Seoul' })).toContain('2026년 11월 30일 오전 5:00')
    expect(spaced('ko', { time_zone: 'Mars/Base' })).toContain('2026년 11월 29일 오후 8:00')
  })
  test('have the decimals of ISO 4217, which Intl does not always have', () => {
    expect(filled('{{ a | money: "IQD" }}', { a: 1.5 }).text).toMatch(/1\.500$/)
  })
  test.each([
    ['{{ a | money: "USD" }}', { a: 'a lot' }],
    ['{{ a | money }}', { a: 5 }],
    ['{{ a | money: "XXQ" }}', { a: 5 }],
    ['{{ a | date_long }}', { a: 'soon' }],
  ])('%s with %j is a fault', (text, values) => expect(faultOf({ text }, values)).toStartWith('invalid invalid_template'))
})

describe('a template that cannot be used', () => {
  test('is named with its part, its line and the remedy', () => {
    expect(faultOf({ html: '<p>\n\n{{ nmae }}</p>' })).toBe(
      'invalid invalid_template: The template cannot be used: html, line 3: there is no value `nmae` in messages of this kind. Mend it and send it again.',
    )
  })
  test.each([
    ['an unknown filter', '{{ "a" | shout }}', 'no filter `shout`'],
    ['an output that is not closed', 'a\n{{ b', 'line 2'],
    ['a tag that is not closed', '{% if true %}', 'not closed'],
    ['the raw filter, which would let HTML through', '{{ "<b>" | raw }}', 'no filter `raw`'],
    ['the json filter, which would as well', '{{ "<b>" | json }}', 'no filter `json`'],
    ['include', '{% include "/etc/passwd" %}', 'no tag `include`'],
    ['render', '{% render "./render.ts" %}', 'no tag `render`'],
    ['layout', '{% layout "x" %}', 'no tag `layout`'],
    ['64 kB of text', 'x'.repeat(65_537), 'longer than 65536'],
  ])('%s', (_, text, reason) => {
    const message = faultOf({ text })
    expect(message).toStartWith('invalid invalid_template')
    expect(message).toContain(reason)
  })
  test('of any make is filled or is a fault, and the fault is short', () => {
    const pieces = [
      '{{',
      '}}',
      '{%',
      '%}',
      '{%-',
      ' if ',
      ' endif ',
      ' for i in (1..9) ',
      ' endfor ',
      ' a ',
      ' | ',
      'upcase',
      'money',
      ': ',
      '"',
      "'",
      '..',
      '[',
      ']',
      '(',
      ')',
      '-',
      ' raw ',
      ' endraw ',
      ' case a ',
      ' when ',
      ' capture b ',
      ' endcapture ',
      ' liquid\n',
      '#',
      ' cycle ',
      'x'.repeat(5000),
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), parts => {
        const told = faultOf({ html: parts.join('') }, { a: 'b' })
        expect(told).toMatch(/^(no fault|invalid invalid_template: )/)
        expect(told.length).toBeLessThan(600)
      }),
      { numRuns: 500 },
    )
  })
  test('has a subject that comes out empty', () =>
    expect(faultOf({ subject: '{% if false %}x{% endif %} ' })).toContain('subject: it is empty'))
})

describe('a template without end', () => {
  const long = 'y'.repeat(30_000)
  const loop = (times: number, body: string) => `{% for i in (1..${times}) %}${body}{% endfor %}`
  test.each([
    ['a hundred million rounds', loop(100_000_000, 'x')],
    ['a million rounds', loop(999_000, '{{ i }}')],
    ['loops in loops', loop(1000, loop(1000, loop(1000, '')))],
    ['a text that doubles', `{% assign x = "aaaaaaaaaa" %}${loop(100, '{% assign x = x | append: x %}')}`],
    ['a text that is replaced by itself', `{% assign x = "${long}" %}{{ x | replace: "y", x | size }}`],
    ['more output than a mail holds', loop(1000, long)],
    ['more than a mail holds, kept aside', `{% capture x %}${loop(1000, long)}{% endcapture %}{{ x }}`],
    ['a number of 999,999,999 digits', '{{ 0 | date: "%999999999d" }}'],
    ['brackets in brackets', `{{ ${'a['.repeat(20_000)} }}`],
    ['parentheses in parentheses', `{{ ${'('.repeat(30_000)} }}`],
    ['half a mebibyte of spaces', `${loop(500, ' '.repeat(1000))}x{{ none }}`],
    ['conditions in conditions', '{% if true %}'.repeat(5000)],
  ])('%s: ends with a fault', (_, html) => expect(faultOf({ html }, { a: 1 })).toStartWith('invalid invalid_template'))
  test('takes no more steps than are allowed, and a sound list of a thousand lines is within them', () => {
    expect(filled(loop(1000, '{{ i }} ')).html).toContain(' 1000 ')
    expect(faultOf({ html: loop(20_001, '.') })).toContain('more than 20000 steps')
  })
})

test('spaces without end are taken away from the text', () => {
  const text = `a{% for i in (1..400) %}${' '.repeat(1000)}{% endfor %}b{% for i in (1..9) %}${' '.repeat(9)}\n{% endfor %}c`
  expect(filled(text).text).toMatch(/^a {400000}b\n\nc$/)
})

describe('the subject and the short line', () => {
  test('are one line of at most 200 characters, with no character cut in half', () => {
    const source = `\n {{ a }}\n\n b ${'😀'.repeat(300)}`
    expect([...filled(source, { a: 'x' }).subject]).toHaveLength(200)
    expect(renderShort({ short: source }, { a: 'x' })).toBe(filled(source, { a: 'x' }).subject)
    expect(renderShort({ short: source }, { a: 'x' })).toStartWith('x b 😀')
  })
})
