import { beforeAll, expect, test } from 'bun:test'
import type { Static } from '#shared/schema'
import { day } from '#shared/time'
import { callServices } from '../../scripts/demo/caller'
import { demoOrders } from '../../scripts/demo/orders'
import { demoPassword, demoPeople, emailOf } from '../../scripts/demo/people'
import { seedDemoWorld } from '../../scripts/demo/world'
import type { OrderView, TimelineView } from '../../services/order/model'
import type { Caller, List } from '../caller'
import { shop } from '../shop'

const count = 24
const lines: string[] = []
const seed = () =>
  seedDemoWorld({
    as: callServices(Number(Bun.env.TEST_PORT_BASE)),
    admin: { email: String(Bun.env.ADMIN_EMAIL), password: String(Bun.env.ADMIN_PASSWORD) },
    servers: { mysql: String(Bun.env.TEST_MYSQL_URL), mongo: String(Bun.env.TEST_MONGO_URL) },
    orders: count,
    report: line => lines.push(line),
  })
const ordersOf = async (caller: Caller) => (await caller.call<List<OrderView>>('GET', '/api/orders?limit=100')).items
const began = new Date()
let people: Caller[]

beforeAll(async () => {
  await seed()
  const login = async ({ username }: { username: string }) =>
    shop.as((await shop.login({ email: emailOf(username), password: demoPassword })).access_token)
  people = await Promise.all(demoPeople.map(login))
}, 120_000)

test('the demo world has its orders, each at its end and each in the past, with a timeline that goes forward', async () => {
  expect(lines.filter(line => line.includes('did not come to its end'))).toEqual([])
  const orders = (await Promise.all(people.map(ordersOf))).flat()
  expect(orders).toHaveLength(count)
  const statuses = new Set(orders.map(({ status }) => status))
  for (const status of ['delivered', 'cancelled', 'fulfilling'] as const) expect(statuses).toContain(status)
  const ages = orders.map(({ created_at }) => began.getTime() - new Date(created_at).getTime()).sort((a, b) => a - b)
  const planned = demoOrders(count)
    .map(({ agoMs }) => agoMs)
    .sort((a, b) => a - b)
  for (const [index, age] of ages.entries()) expect(Math.abs(age - (planned[index] ?? 0))).toBeLessThan(120_000)
  expect(ages.at(-1)).toBeGreaterThan(20 * day)

  const admin = await shop.admin()
  for (const order of orders.filter(({ status }) => status === 'delivered')) {
    const { items } = await admin.call<Static<typeof TimelineView>>('GET', `/api/orders/${order.id}/timeline`)
    const at = (type: string) => new Date(items.find(item => item.type === type)?.time ?? 'missing').getTime()
    expect(at('shipment.delivered') - at('order.created')).toBeGreaterThan(2 * day)
    expect(at('payment.processed') - at('order.created')).toBeGreaterThan(0)
  }
})

test('the books of the demo world agree over the whole time that it tells of', async () => {
  await shop.expectNoDrift(new Date(began.getTime() - 70 * day))
  const admin = await shop.admin()
  const window = `from=${new Date(began.getTime() - 25 * day).toISOString()}&to=${new Date(began.getTime() - day).toISOString()}`
  const { differences } = await admin.call<{ differences: unknown[] }>('GET', `/api/payments/reconciliation?${window}`)
  expect(differences).toEqual([])
})

test('seeding again adds nothing', async () => {
  const before = await Promise.all(people.map(ordersOf))
  await seed()
  expect(await Promise.all(people.map(ordersOf))).toEqual(before)
}, 60_000)
