import { describe, expect, test } from 'bun:test'
import { kindNames, kinds, languages } from './domain'
import { commonValues, marketingValues, valueNames } from './domain-values'
import { render, renderShort } from './render'
import { shippedTemplates } from './templates'
import { sampleValues } from './templates-samples'

const all = kindNames.flatMap(kind => languages.map(language => ({ kind, language })))
const filled = (kind: (typeof kindNames)[number], language: (typeof languages)[number], values = {}) =>
  render(shippedTemplates[kind][language], { ...sampleValues[kind], ...values })
const linksOf = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map(([, url = '']) => url.replaceAll('&amp;', '&'))
const wordsOf = (html: string) => html.replace(/<style>.*<\/style>/s, '').replace(/<[^>]*>/g, ' ')

describe('the templates that the shop comes with', () => {
  test.each(kindNames)('the sample of %s has exactly the values that such a message may name', kind => {
    const named = [...commonValues, ...(kinds[kind].class === 'marketing' ? marketingValues : []), ...valueNames[kind]]
    expect(Object.keys(sampleValues[kind]).sort()).toEqual([...named].sort())
  })
  test.each(all)('$kind in $language is filled whole, in both parts, with the same links', ({ kind, language }) => {
    const { subject, text, html } = filled(kind, language)
    const short = renderShort(shippedTemplates[kind][language], sampleValues[kind])
    for (const part of [subject, text, html, short]) expect(part).not.toMatch(/\{\{|\{%|undefined|null|NaN|\[object|Invalid/)
    expect(linksOf(html).length).toBeGreaterThan(1)
    for (const link of linksOf(html)) {
      expect(link).toMatch(/^https:\/\/[^\s]+$/)
      expect(text).toContain(link)
    }
    expect(html).toContain(`<html lang="${language}">`)
    expect(short.length).toBeLessThan(160)
  })
  test.each(all.filter(({ language }) => language !== 'en'))('$kind in $language says nothing in English', ({ kind, language }) => {
    const [own, english] = [shippedTemplates[kind][language], shippedTemplates[kind].en]
    for (const part of ['subject', 'text', 'html', 'short'] as const) expect(own[part]).not.toBe(english[part])
    const sentences = (text: string) =>
      new Set(text.split(/\n+/).filter(line => /[a-z]{3,} [a-z]{3,}/.test(line.replace(/\{[{%].*?[%}]\}/g, ''))))
    const shared = [...sentences(own.text)].filter(line => sentences(english.text).has(line))
    expect(shared).toEqual([])
  })
  test.each(['ko', 'zh'] as const)('%s is written in its own letters', language => {
    const letters = language === 'ko' ? /\p{Script=Hangul}/u : /\p{Script=Han}/u
    for (const kind of kindNames) expect(shippedTemplates[kind][language].subject).toMatch(letters)
  })
  test.each(all)('$kind in $language can be stopped exactly when it is marketing', ({ kind, language }) => {
    const { text, html } = filled(kind, language, { unsubscribe_url: 'https://shop.example/stop' })
    const marketing = kinds[kind].class === 'marketing'
    expect([text.includes('https://shop.example/stop'), html.includes('https://shop.example/stop')]).toEqual([marketing, marketing])
  })
  test.each(languages)('no short line and no subject in %s carries the secret of a link', language => {
    for (const kind of kindNames) {
      const { subject, short } = shippedTemplates[kind][language]
      expect(`${subject} ${short}`).not.toMatch(/\{\{ *link\b|_url \}\}/)
    }
  })
  test.each(languages)('in %s a hostile name of a product or a person is text in every kind', language => {
    const name = '<img src=x onerror=alert(1)>{{ 7 | times: 7 }}'
    for (const kind of kindNames) {
      const entry = {
        product: name,
        product_url: 'https://shop.example/p',
        quantity: 1,
        price: '1',
        kind: 'price_drop',
        from: '2',
        to: '1',
        currency: 'USD',
      }
      const { subject, text, html } = filled(kind, language, {
        name,
        product: name,
        sku: name,
        tracking_number: name,
        carrier: name,
        items: [entry],
        entries: [entry],
      })
      expect(html).not.toContain('<img')
      expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;{{ 7 | times: 7 }}')
      expect(text).toContain(name)
      expect(`${subject}${text}${html}`).not.toContain('49')
    }
  })
  test.each(languages)('in %s an unknown name, carrier, price or address leaves no hole', language => {
    const { text: shipped, html } = filled('order_shipped', language, { name: '', carrier: '', tracking_url: '' })
    expect(linksOf(html)).toContain('https://shop.example/orders/1042')
    expect(linksOf(html)).not.toContain('')
    expect(shipped).not.toMatch(/[:：] *\n(?!http|\n)/)
    const { text: placed } = filled('order_placed', language, { items: [{ product: 'Mug', quantity: 1, price: '' }] })
    expect(placed).toContain('- 1 × Mug\n')
  })
  test.each(languages)('in %s each reason of a cancelled order is told in words of its own', language => {
    const reasons = ['payment_timeout', 'out_of_stock', 'coupon_rejected', 'undeliverable', 'something_new'].map(reason => ({ reason }))
    const people = ['customer', 'shop'].map(cancelled_by => ({ reason: 'by_customer', cancelled_by }))
    const all = [...reasons, ...people]
    const textFor = (values: object) => filled('order_cancelled', language, values).text
    const shortFor = (values: object) =>
      renderShort(shippedTemplates.order_cancelled[language], { ...sampleValues.order_cancelled, ...values })
    for (const told of [all.map(textFor), all.map(shortFor)]) {
      expect(new Set(told).size).toBe(all.length)
      expect(told.join()).not.toContain('something_new')
    }
    // An event of an earlier release does not say whose wish it was: neither does the message.
    for (const tell of [textFor, shortFor]) expect(tell({ reason: 'by_customer' })).toBe(tell({ reason: 'something_new' }))
  })
  test.each(languages)('in %s a buyer who collects the order is told so', language => {
    for (const kind of ['order_placed', 'order_delivered'] as const) {
      const [collected, sent] = ['pickup', 'express'].map(shipping_option => filled(kind, language, { shipping_option }).text)
      expect(collected).not.toBe(sent)
      expect(filled(kind, language, { shipping_option: '' }).text).toBe(String(sent))
    }
  })
  test('the HTML has nothing that mail programs drop or load from elsewhere', () => {
    for (const { kind, language } of all) {
      const { html } = filled(kind, language)
      expect(html).not.toMatch(/<script|<img|<link|url\(|@import|position:|display:\s*(flex|grid)/i)
      expect(Buffer.byteLength(html)).toBeLessThan(100_000)
      expect(wordsOf(html)).not.toContain('<')
    }
  })
})
