import { describe, expect, test } from 'bun:test'
import { hour } from '#shared/time'
import { dateText } from './render-values'
import { testNotification } from './testing'
import { emailChangeRequested, passwordChanged, signedIn } from './testing-events'

const shop = await testNotification()

describe('the warning of a new e-mail', () => {
  const takenOver = async () => {
    const user = await shop.newUser()
    shop.neighbours.warnings.set(`w${user.id}`, user.email)
    const thief = `thief${user.id}@example.com`
    shop.neighbours.people.set(user.id, { email: thief })
    return { user, thief, event: emailChangeRequested(user.id, `w${user.id}`) }
  }

  test('goes to the address before it, once, though the account has the new one by then', async () => {
    const { user, thief, event } = await takenOver()
    await shop.handle(event, event)
    shop.neighbours.down.add('user')
    await shop.sendAll()
    shop.neighbours.down.clear()
    await shop.sendAll(new Date(Date.now() + hour))
    expect(shop.channels.email.to(user.email)).toMatchObject([{ subject: expect.stringContaining('being changed') }])
    expect(shop.channels.email.to(thief)).toEqual([])
  })

  test('goes to the address before each change, when there are two', async () => {
    const { user, thief, event } = await takenOver()
    shop.neighbours.warnings.set(`second${user.id}`, thief)
    await shop.handle(event, emailChangeRequested(user.id, `second${user.id}`))
    shop.neighbours.people.set(user.id, { email: 'third@example.com' })
    await shop.sendAll()
    expect([user.email, thief, 'third@example.com'].map(to => shop.channels.email.to(to).length)).toEqual([1, 1, 0])
  })

  test('goes nowhere else once that address is no longer kept', async () => {
    const { user, thief, event } = await takenOver()
    await shop.handle(event)
    shop.neighbours.warnings.clear()
    await shop.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'failed', reason: 'the address to warn is no longer kept' }])
    expect(shop.channels.email.to(thief)).toEqual([])
  })

  test('of an instance that names no address goes to the present one', async () => {
    const user = await shop.newUser()
    await shop.handle(emailChangeRequested(user.id), signedIn(user.id))
    await shop.sendAll()
    expect(shop.channels.email.to(user.email)).toHaveLength(2)
  })
})

test.each([
  ['new sign-in', signedIn, 'New sign-in'],
  ['new password', passwordChanged, 'password of your account was changed'],
] as const)('the warning of a %s says when it was, and goes to the address of that time', async (_, event, subject) => {
  const user = await shop.newUser()
  shop.neighbours.warnings.set(`at${user.id}`, user.email)
  const message = event(user.id, `at${user.id}`)
  await shop.handle(message, message)
  const thief = `thief${user.id}@example.com`
  shop.neighbours.people.set(user.id, { email: thief })
  await shop.sendAll()
  const when = dateText(message.time, 'en', undefined)
  expect(shop.channels.email.to(user.email)).toMatchObject([
    { subject: expect.stringContaining(subject), text: expect.stringContaining(when) },
  ])
  expect(shop.channels.email.to(thief)).toEqual([])
})
