import { day, hour } from '#shared/time'
import { demoId } from '../../services/product/demo-product'
import type { Servers } from '../platform'
import type { As, Caller } from './caller'
import { liveOrder, type Placed } from './lives'
import { type DemoOrder, demoOrders } from './orders'
import { moveAccounts, moveOpenings, moveOrders, moveReviews, type Shift } from './past'
import { demoPassword, demoPeople, emailOf } from './people'
import { demoReviews, demoSpam } from './reviews'

export interface DemoWorld {
  as: As
  admin: { email: string; password: string }
  servers: Pick<Servers, 'mysql' | 'mongo'>
  /** How many orders there are to be. */
  orders?: number
  report: (line: string) => void
  signal?: AbortSignal
}

const product = (number: string) => demoId(Number.parseInt(number, 16))

interface Person {
  id: number
  caller: Caller
}
const signIn = async (as: As, credentials: { email: string; password: string }): Promise<Person> => {
  const { user_id, access_token } = await as().call<{ user_id: number; access_token: string }>('POST', '/auth/login', credentials)
  return { id: user_id, caller: as(access_token) }
}

/** People with addresses, favourites and watches. Those who are there already only sign in. */
const addPeople = async ({ as, servers, signal }: DemoWorld): Promise<Person[]> => {
  const people: Person[] = []
  const opened: { id: number; since: Date }[] = []
  for (const { username, full_name, language, address, age, favourites, watched = [] } of demoPeople) {
    signal?.throwIfAborted()
    const account = { email: emailOf(username), username, password: demoPassword, full_name, language }
    const registered = await as().call<{ id?: number }>('POST', '/auth/register', account, [409])
    const person = await signIn(as, { email: account.email, password: demoPassword })
    people.push(person)
    if (registered.id === undefined) continue
    opened.push({ id: person.id, since: new Date(Date.now() - age - hour) })
    await person.caller.call('POST', '/api/users/me/addresses', { ...address, is_default: true })
    for (const number of [...favourites, ...watched])
      await person.caller.call('POST', '/api/favourites', { product_id: product(number) }, [409])
    for (const number of watched)
      await person.caller.call('PUT', `/api/favourites/${product(number)}/watch`, { price_drop: true, back_in_stock: true })
  }
  await moveAccounts(servers, opened)
  return people
}

/** What the second warehouse has, by product number and SKU. */
const inSeoul = [
  ['18', 'EB-SORI', 80],
  ['19', 'KEY-BARAM', 40],
  ['2e', 'RAMYEON-5', 300],
  ['34', 'BK-HANGUL', 25],
  ['43', 'CREAM-SUBUN', 90],
  ['1a', 'HP-JINGYIN', 30],
  ['2c', 'TEA-LONGJING', 60],
] as const

const adjustments = [
  ['0d', -3, 'broken in the warehouse'],
  ['31', 24, 'a delivery of the maker'],
  ['05', -1, 'counted: one is missing'],
] as const

const addWarehouse = async (admin: Caller) => {
  const { code } = await admin.call<{ code?: string }>('POST', '/api/inventory/warehouses', { name: 'seoul' }, [409])
  if (code !== undefined) return
  for (const [number, sku, quantity] of inSeoul)
    await admin.call('PUT', `/api/inventory/${product(number)}`, { sku, quantity, warehouse: 'seoul' })
  for (const [number, delta, reason] of adjustments) await admin.call('POST', `/api/inventory/${product(number)}/adjust`, { delta, reason })
}

const campaigns = [
  {
    name: 'A quarter off books, for readers',
    code: 'READERS25',
    kind: 'percentage',
    value: 25,
    total_limit: 50,
    per_user_limit: 2,
    categories: ['Books'],
  },
  { name: 'Spring cleaning', code: 'CLEAN15', kind: 'percentage', value: 15, minimum: 40, total_limit: 200 },
] as const
const addCampaigns = async (admin: Caller) => {
  for (const campaign of campaigns) await admin.call('POST', '/api/promotions', campaign, [409])
}

interface Happened {
  shifts: Shift[]
  delivered: { person: Person; productId: string; number: string; at: Date }[]
}

/** Places the orders one after the other, so that they have the same ids in every fresh shop; each then goes its way beside the next. */
const placeOrders = async (world: DemoWorld, people: readonly Person[], admin: Caller, wanted: readonly DemoOrder[]): Promise<Happened> => {
  const happened: Happened = { shifts: [], delivered: [] }
  const underWay = new Set<Promise<void>>()
  let count = 0
  for (const { person: index, agoMs, lines, coupon, end } of wanted) {
    world.signal?.throwIfAborted()
    const [person, about] = [people[index], demoPeople[index]]
    if (!person || !about) continue
    const placedAt = new Date()
    const items = lines.map(({ product: number, quantity }) => ({ product_id: product(number), quantity }))
    const body = { items: await withVariants(world.as, items), shipping_address: about.address }
    const order = await placeOrder(person.caller, body, coupon)
    if (!order) continue
    const life = liveOrder({ buyer: person.caller, admin, order, placedAt, agoMs }, end).then(shifts => {
      happened.shifts.push(...shifts)
      if (end !== 'delivered') return
      const at = new Date(Date.now() - agoMs + 5 * day)
      for (const { product: number } of lines) happened.delivered.push({ person, productId: product(number), number, at })
    })
    const settled = life
      .catch(error => world.report(`demo order ${order.id} did not come to its end: ${error instanceof Error ? error.message : error}`))
      .finally(() => underWay.delete(settled))
    underWay.add(settled)
    if (underWay.size >= 6) await Promise.race(underWay)
    if (++count % 20 === 0) world.report(`demo world: ${count} of ${wanted.length} orders placed`)
  }
  await Promise.all(underWay)
  return happened
}

/** Without the coupon if it has been used up; none when what it names is sold out. */
const placeOrder = async (buyer: Caller, body: object, coupon?: string): Promise<Placed | undefined> => {
  const asked = { ...body, ...(coupon && { coupon_code: coupon }) }
  const order = await buyer.call<Placed & { code?: string }>('POST', '/api/orders', asked, [409])
  if (order.code === undefined) return order
  return coupon === undefined ? undefined : placeOrder(buyer, body)
}

/** A product with variants is ordered by the SKU of the one of which most are left. */
const withVariants = async (as: As, items: readonly { product_id: string; quantity: number }[]) =>
  Promise.all(
    items.map(async item => {
      const { variants } = await as().call<{ variants: { sku: string; stock: number }[] }>('GET', `/api/products/${item.product_id}`)
      const [most] = variants.toSorted((a, b) => b.stock - a.stock)
      return most ? { ...item, sku: most.sku } : item
    }),
  )

const addReviews = async ({ servers }: DemoWorld, admin: Caller, delivered: Happened['delivered']) => {
  const left = new Map(Object.entries(demoReviews).map(([number, texts]) => [number, [...texts]]))
  const written: { user_id: number; product_id: string; at: Date; id: string }[] = []
  for (const { person, productId, number, at } of delivered) {
    if (written.some(({ user_id, product_id }) => user_id === person.id && product_id === productId)) continue
    const text = left.get(number)?.shift()
    if (!text) continue
    const { stars, title, comment } = text
    const review = await person.caller.call<{ id: string; status: string }>(
      'POST',
      '/api/ratings',
      { product_id: productId, rating: stars, title, comment },
      [409],
    )
    if (review.id === undefined) continue
    if (review.status === 'waiting') await admin.call('POST', `/api/ratings/${review.id}/approve`, {})
    written.push({ user_id: person.id, product_id: productId, at, id: review.id })
  }
  for (const [index, { id, user_id }] of written.entries())
    for (const voter of delivered.slice(index, index + 3).map(({ person }) => person))
      if (voter.id !== user_id) await voter.caller.call('POST', `/api/ratings/${id}/helpful`, { helpful: index % 7 !== 3 }, [403, 409])
  await moveReviews(servers, written)
  return written.length
}

/**
 * Fills a shop with what a page can show: people, stock in two warehouses, campaigns, two months of orders in all states, reviews. Every order is
 * placed, paid and sent through the public routes; only then are its times moved into the past. What is there already is left as it is.
 */
export const seedDemoWorld = async (world: DemoWorld): Promise<void> => {
  const { as, report, orders: count = 90 } = world
  const { caller: admin } = await signIn(as, world.admin)
  const people = await addPeople(world)
  report(`demo world: ${people.length} customers`)
  await addWarehouse(admin)
  await addCampaigns(admin)

  const placed = await Promise.all(
    people.map(async ({ caller }) => (await caller.call<{ total: number }>('GET', '/api/orders?limit=1')).total),
  )
  const wanted = demoOrders(count).filter(({ person }) => {
    const known = placed[person] ?? 0
    placed[person] = known - 1
    return known <= 0
  })
  const { shifts, delivered } = await placeOrders(world, people, admin, wanted)
  if (wanted.length > 0) await moveOpenings(world.servers, new Date(Date.now() - 70 * day))
  await moveOrders(world.servers, shifts)
  const reviews = await addReviews(world, admin, delivered)
  if (wanted.length > 0) {
    const spammer = people.at(-1)
    await spammer?.caller.call('POST', '/api/ratings', { product_id: product('1b'), ...demoSpam }, [409])
    await people[0]?.caller.call('POST', '/api/cart/items', { product_id: product('0d'), quantity: 2 })
  }
  report(`demo world: ready, with ${wanted.length} new orders and ${reviews} new reviews`)
}
