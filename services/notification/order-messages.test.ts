import { describe, expect, test } from 'bun:test'
import { testNotification } from './testing'
import { placed, readyToCollect, returnUpdated, shipmentMoved, statusUpdated, transferAwaited } from './testing-events'

const shop = await testNotification()

describe('an event', () => {
  test('of an order that the shop has cancelled does not say that its buyer asked for it', async () => {
    const user = await shop.newUser()
    for (const [order, cancelled_by] of [[31, 'shop'] as const, [32, 'customer'] as const, [33, undefined] as const])
      await shop.handle(statusUpdated(order, user.id, 'cancelled', { reason: 'by_customer', ...(cancelled_by && { cancelled_by }) }))
    const { body } = await user.send('GET', '/')
    expect(body.items.map(({ text }: { text: string }) => text)).toEqual([
      'Order 33 has been cancelled.',
      'Order 32 has been cancelled, as you asked.',
      'Order 31 has been cancelled by the shop.',
    ])
  })

  test('of a parcel that its buyer can collect is told once for each parcel, and nothing says that it left', async () => {
    const user = await shop.newUser()
    // The second message of a parcel is another message, not the same one again.
    await shop.handle(readyToCollect(80, user.id), readyToCollect(81, user.id), readyToCollect(80, user.id))
    for (const status of ['picked_up', 'in_transit']) await shop.handle(shipmentMoved(80, user.id, status, 'pickup'))
    const { body } = await user.send('GET', '/')
    const ready = { kind: 'ready_for_pickup', data: { order_id: 5 }, link: 'https://shop.example/orders/5' }
    expect(body.items).toMatchObject([ready, ready])
    await shop.sendAll()
    const subject = 'Order 5 is ready for you to collect'
    expect(shop.channels.email.to(user.email).map(mail => mail.subject)).toEqual([subject, subject])
  })

  test('of an order that its buyer collects does not speak of a carrier', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(34, user.id, 'pickup'), statusUpdated(34, user.id, 'delivered', { shipping_option: 'pickup' }))
    // As an earlier release published it.
    await shop.handle(placed(35, user.id), statusUpdated(35, user.id, 'delivered'))
    const { body } = await user.send('GET', '/')
    const delivered = body.items.filter(({ kind }: { kind: string }) => kind === 'order_delivered')
    expect(delivered.map(({ title }: { title: string }) => title)).toEqual(['Order 35 has been delivered', 'You have collected order 34'])
    await shop.sendAll()
    const mails = shop.channels.email.to(user.email).map(({ text }) => text)
    expect(mails.filter(text => text.includes('as soon as you can collect it'))).toHaveLength(1)
    expect(mails.filter(text => text.includes('You have collected your order'))).toHaveLength(1)
    expect(mails.filter(text => text.includes('The carrier has delivered your order'))).toHaveLength(1)
  })

  test('of a return goes to the administrators when it waits for them, and to the customer when it is decided', async () => {
    const user = await shop.newUser()
    await shop.handle(
      returnUpdated(36, user.id, 'requested'),
      returnUpdated(36, user.id, 'approved'),
      returnUpdated(37, user.id, 'rejected', 'It was worn.'),
      returnUpdated(38, user.id, 'rejected'),
      returnUpdated(36, user.id, 'something_new'),
    )
    const of = (body: { items: { kind: string; data: object }[] }) => body.items.map(({ kind, data }) => ({ kind, data }))
    const waiting = { kind: 'return_requested', data: { return_id: 31, order_id: 36 } }
    expect(of((await shop.send('GET', '/', undefined, shop.admin)).body)).toEqual([waiting])
    expect(of((await user.send('GET', '/')).body)).toEqual([
      { kind: 'return_rejected', data: { return_id: 31, order_id: 38 } },
      { kind: 'return_rejected', data: { return_id: 31, order_id: 37, reason: 'It was worn.' } },
      { kind: 'return_approved', data: { return_id: 31, order_id: 36 } },
    ])
    await shop.sendAll()
    const mails = shop.channels.email.to(user.email).map(({ text }) => text.match(/^Reason: .*$/m)?.[0])
    expect(mails.toSorted()).toEqual(['Reason: It was worn.', undefined, undefined])
    expect(shop.channels.email.to('user1@example.com').map(({ subject }) => subject)).toEqual(['A return is waiting: order 36'])
  })

  test('of a transfer that is awaited tells its buyer how much, to which account, under which reference and until when', async () => {
    const user = await shop.newUser()
    const event = transferAwaited(39, user.id, 'Shop Ltd, IBAN XX00 <1>')
    await shop.handle(event, event)
    await shop.sendAll()
    const [mail, ...more] = shop.channels.email.to(user.email)
    expect(more).toEqual([])
    expect(mail?.subject).toBe('How to pay for order 39')
    for (const part of ['Amount: $64.00', 'Account: Shop Ltd, IBAN XX00 <1>', 'Reference: transfer_77', 'Pay by: December 3, 2026'])
      expect(mail?.text).toContain(part)
    expect(mail?.html).toContain('Shop Ltd, IBAN XX00 &lt;1&gt;')
    expect((await user.send('GET', '/')).body.items).toMatchObject([{ kind: 'payment_pending', link: 'https://shop.example/orders/39' }])
  })

  test('of a transfer that the release before published has no row for the account', async () => {
    const user = await shop.newUser()
    await shop.handle(transferAwaited(40, user.id))
    await shop.sendAll()
    const [mail] = shop.channels.email.to(user.email)
    expect(mail?.text).toContain('Reference: transfer_77')
    expect(mail?.text).not.toContain('Account')
  })
})
