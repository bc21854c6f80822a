import { describe, expect, test } from 'bun:test'
import { channels, classes, type Kind, kindNames, kinds, languages } from './domain'

test('every kind has a class and a channel, and a secret goes by mail alone', () => {
  expect(Object.keys(kinds)).toEqual([...kindNames])
  for (const { channels, mailOnly } of Object.values(kinds)) {
    expect(channels.length).toBeGreaterThan(0)
    if (mailOnly) expect(channels).toEqual(['email'])
  }
})

describe('the kinds of messages', () => {
  const of = (is: (kind: (typeof kinds)[Kind]) => unknown) => kindNames.filter(name => is(kinds[name]))
  test('that guard the account cannot be switched off, and those that sell can', () => {
    expect(of(kind => kind.class === 'critical')).toEqual([
      ...['verify_email', 'password_reset', 'email_change', 'password_changed', 'new_sign_in'],
    ] as Kind[])
    expect(of(kind => kind.class === 'marketing')).toEqual(['review_request', 'price_drop', 'back_in_stock', 'digest'])
    // The others are about the reader's own business with the shop.
    expect(of(kind => kind.class === 'order')).toHaveLength(kindNames.length - 9)
  })
  test('that are for administrators, go out as one, or carry what only a mail may', () => {
    expect(of(kind => kind.admins)).toEqual(['low_stock', 'review_waiting', 'return_requested'])
    expect(of(kind => kind.collected)).toEqual(['price_drop', 'back_in_stock'])
    expect(of(kind => kind.mailOnly)).toEqual(['verify_email', 'password_reset', 'digest'])
  })
  test('reach who has chosen nothing in the shop and by mail, and on the telephone what should not wait', () => {
    expect(of(kind => kind.channels.includes('push'))).toEqual([
      ...['order_cancelled', 'order_shipped', 'ready_for_pickup', 'order_delivered'],
      ...['price_drop', 'back_in_stock'],
    ] as Kind[])
    expect(kindNames.filter(name => !kinds[name].channels.includes('email'))).toEqual(['review_waiting'])
    expect(kindNames.filter(name => !kinds[name].channels.includes('in_app'))).toEqual(of(kind => kind.mailOnly))
    expect(of(kind => kind.channels.includes('sms'))).toEqual([])
  })
  test('are written in four languages', () => {
    expect([languages, channels, classes].map(names => names.join(' '))).toEqual([
      'en ko zh vi',
      'in_app email sms push',
      'critical order marketing',
    ])
  })
})
