import { expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { testNotification } from './testing'
import { statusUpdated } from './testing-events'

const shop = await testNotification()

test('a delivery of a kind that a newer release has stored is in no list, takes no place there, and is not found', async () => {
  const user = await shop.newUser()
  for (const status of ['paid', 'cancelled', 'delivered']) await shop.handle(statusUpdated(116, user.id, status))
  const [first, newer, last] = await shop.deliveriesOf(user.id)
  await raw`update deliveries set kind = 'of_a_newer_release' where id = ${newer?.id}`.execute(shop.sql.db)
  const ask = async (method: string, path: string) => (await shop.send(method, `/deliveries${path}`, undefined, shop.admin)).body
  expect(await ask('GET', `?user_id=${user.id}&limit=2`)).toMatchObject({ items: [{ id: last?.id }, { id: first?.id }], total: 2 })
  expect((await ask('GET', `/${newer?.id}`)).code).toBe('delivery_not_found')
  expect((await ask('POST', `/${newer?.id}/resend`)).code).toBe('delivery_not_found')
})
