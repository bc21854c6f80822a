import { describe, expect, test } from 'bun:test'
import { minute, second } from '#shared/time'
import { testNotification } from './testing'
import { placed } from './testing-events'

const shop = await testNotification()

describe('the claim of a mail', () => {
  test('lasts a minute from its own batch on, however long the batches before it took', async () => {
    const users = await Promise.all(Array.from({ length: 51 }, () => shop.newUser()))
    for (const { id } of users) await shop.handle(placed(107, id))
    const [began, tookMs] = [new Date(), 300]
    const lastsMs: number[] = []
    shop.channels.email.answer(async ({ to, message_id }) => {
      const reader = users.find(({ email }) => email === to)
      const [row] = await shop.deliveriesOf(reader?.id ?? 0)
      if (lastsMs.push((row?.due_at?.getTime() ?? 0) - began.getTime()) === 1) await Bun.sleep(tookMs)
      return { outcome: 'sent', provider: 'sandbox', provider_id: message_id }
    })
    await shop.sendAll(began)
    expect(lastsMs).toHaveLength(users.length)
    expect(Math.min(...lastsMs)).toBeGreaterThanOrEqual(minute)
    expect(Math.max(...lastsMs)).toBeGreaterThanOrEqual(minute + tookMs)
  })

  test('is given back when it could run out before the call of the provider ends, so that nothing is sent twice', async () => {
    // A call may take longer than what is left of the claim from the start.
    const slow = await shop.instance({ sendMs: 31 * second })
    const user = await shop.newUser()
    await shop.handle(placed(108, user.id))
    await slow.sendAll()
    expect(slow.channels.email.taken).toEqual([])
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'queued', attempts: 0 }])
    await shop.sendAll(new Date(Date.now() + second))
    expect(shop.channels.email.to(user.email)).toHaveLength(1)
  })
})
