import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { ObjectId } from 'mongodb'
import { userDeleted, userRegistered } from '#shared/catalog'
import { messageOf } from '#shared/testing'
import { votesIn } from './database'
import { delivered, opinion, product, type TestRating, testRating } from './testing'

let service: TestRating
beforeAll(async () => {
  service = await testRating()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  expect((await service.drift()).summaries.count).toBe(0)
  await service.stop()
})

let products = 0x4000
const newProduct = () => product(++products)
let orders = 0
const deliver = (userId: number, ids: string[]) => delivered(++orders, userId, ids)
const deleted = (userId: number) => messageOf(userDeleted({ id: userId, version: 9 }, { user_id: userId }))
const registered = (userId: number) => messageOf(userRegistered({ id: userId, version: 1 }, { user_id: userId }))

describe('a verified purchase', () => {
  const isVerified = async (productId: string) => (await service.list(productId)).items[0]?.verified_purchase
  test('is one of a product that was delivered before or after the review, and of no other', async () => {
    const [before, after, other] = [newProduct(), newProduct(), newProduct()]
    const user = await service.newUser()
    await service.handle(deliver(user.id, [before]))
    for (const id of [before, after, other]) await user.review(id, 4)
    await service.handle(deliver(user.id, [after, before]))
    expect([await isVerified(before), await isVerified(after), await isVerified(other)]).toEqual([true, true, false])
    expect((await service.list(after, 'verified=true')).total).toBe(1)
    expect((await service.list(after, 'verified=false&stars=4')).total).toBe(0)
    expect((await service.list(other, 'verified=true')).total).toBe(0)
  })

  test('is found whatever comes at the same moment, twice or swapped', async () => {
    const run = fc.asyncProperty(fc.shuffledSubarray(['review', 'delivery', 'again'], { minLength: 3 }), async order => {
      const [id, user] = [newProduct(), await service.newUser()]
      const message = deliver(user.id, [id])
      await Promise.all(order.map(what => (what === 'review' ? user.review(id, 5) : service.handle(message))))
      expect(await isVerified(id)).toBe(true)
    })
    await fc.assert(run, { numRuns: 12 })
  })

  test('is found for everyone whose deliveries come together, and for nobody else', async () => {
    const [bought, other] = [newProduct(), newProduct()]
    const users = await Promise.all(Array.from({ length: 8 }, () => service.newUser()))
    for (const user of users) for (const id of [bought, other]) await user.review(id, 5)
    const messages = users.slice(1).map(({ id }) => deliver(id, [bought, bought]))
    await Promise.all([...messages, ...messages].map(message => service.handle(message)))
    expect((await service.list(bought, 'verified=true')).total).toBe(7)
    expect((await service.list(bought, 'verified=false')).total).toBe(1)
    expect((await service.list(other, 'verified=true')).total).toBe(0)
  })

  test('needs the delivery: an order that was only paid is none', async () => {
    const [id, user] = [newProduct(), await service.newUser()]
    const message = deliver(user.id, [id])
    await service.handle({ ...message, data: { ...Object(message.data), status: 'paid' } })
    await user.review(id, 5)
    expect(await isVerified(id)).toBe(false)
  })
})

describe('a person who is erased', () => {
  /** A person with one of everything. */
  const busyPerson = async () => {
    const [user, other] = [await service.newUser(), await service.newUser()]
    const [own, others] = [newProduct(), newProduct()]
    await service.handle(registered(user.id), deliver(user.id, [own]))
    const review = await user.send(
      'POST',
      '/ratings',
      { product_id: own, rating: 5, comment: opinion(user.id) },
      { 'idempotency-key': 'k' },
    )
    const theirs = (await other.review(others, 3)).body.id
    await user.send('POST', `/ratings/${theirs}/helpful`, { helpful: true }, { 'idempotency-key': 'v' })
    await user.send('POST', `/ratings/${theirs}/replies`, { comment: 'I agree.' })
    await user.send('POST', `/ratings/${theirs}/report`, { reason: 'A reason of mine' })
    const reply = (await other.send('POST', `/ratings/${theirs}/replies`, { comment: 'A reply' })).body.id
    await user.send('POST', `/ratings/${theirs}/replies/${reply}/report`, { reason: 'A reason about a reply' })
    const taken = `/ratings/${theirs}/replies/${(await user.send('POST', `/ratings/${theirs}/replies`, { comment: 'No.' })).body.id}`
    await service.admin.send('POST', `${taken}/reject`, { reason: 'Rude', spam: false })
    await user.send('DELETE', taken)
    const withdrawn = newProduct()
    const rejected = `/ratings/${(await user.review(withdrawn, 1)).body.id}`
    await service.admin.send('POST', `${rejected}/reject`, { reason: 'Rude', spam: false })
    await user.send('DELETE', rejected)
    return { user, own, others, withdrawn, id: review.body.id as string }
  }
  /** Every document of the database that names the person, without the queue of events and the mark that the person is erased. */
  const traces = async (userId: number) => {
    const collections = await service.mongo.db.listCollections().toArray()
    const found: string[] = []
    for (const { name } of collections.filter(({ name }) => name !== 'outbox'))
      for (const row of await service.mongo.db.collection(name).find().toArray()) {
        const text = JSON.stringify(row)
        const named = new RegExp(`"(?:user_id|_id|owner)":${userId}\\b|user_id\\\\":${userId}\\b`).test(text)
        if (named && !(name === 'people' && text === `{"_id":${userId},"erased":true}`)) found.push(`${name}: ${text}`)
      }
    return found
  }

  test('leaves the reviews and replies without a name, and nothing else; the summary stays', async () => {
    const { user, own, others, id } = await busyPerson()
    expect(await traces(user.id)).not.toEqual([])
    const message = deleted(user.id)
    await service.handle(message, message)
    expect((await service.list(own)).items).toMatchObject([
      { id, user_id: null, rating: 5, comment: opinion(user.id), verified_purchase: true },
    ])
    expect((await service.list(others)).items[0]).toMatchObject({ helpful_up: 0, replies: [{ user_id: null, comment: 'I agree.' }, {}] })
    expect(await service.summary(own)).toMatchObject({ count: 1, average: 5 })
    expect(await traces(user.id)).toEqual([])
  })

  test('leaves nothing by events and requests that come later', async () => {
    const user = await service.newUser()
    await service.handle(deleted(user.id), registered(user.id), deliver(user.id, [newProduct()]))
    expect(await user.review(newProduct(), 5)).toMatchObject({ status: 401, body: { code: 'session_ended' } })
    expect(await traces(user.id)).toEqual([])
  })

  test('leaves nothing by requests of the same moment', async () => {
    const { user, others, id } = await busyPerson()
    const answers = Promise.all([
      ...Array.from({ length: 6 }, () => user.review(newProduct(), 4)),
      user.send('PATCH', `/ratings/${id}`, { rating: 1 }),
      user.send('POST', `/ratings/${(await service.list(others)).items[0].id}/helpful`, { helpful: false }),
    ])
    await service.handle(deleted(user.id))
    await answers
    expect(await traces(user.id)).toEqual([])
  })

  test('is told before what is held, each person only of themselves', async () => {
    const { user, own, others, withdrawn } = await busyPerson()
    const path = `/internal/users/${user.id}/export`
    const { body } = await service.send('GET', path, undefined, await service.asService('user'))
    expect(body.data).toMatchObject({
      reviews: [{ product_id: own, comment: opinion(user.id) }],
      replies: [{ comment: 'I agree.' }],
      votes: [{ helpful: true }],
      reports: [{ reason: 'A reason of mine' }],
      reply_reports: [{ reason: 'A reason about a reply' }],
      withdrawn_replies: [{}],
      delivered: [{ product_id: own }],
      withdrawn: [{ product_id: withdrawn }],
    })
    expect(JSON.stringify(body)).not.toContain(others)
    expect((await service.send('GET', path, undefined, await service.asService('order'))).status).toBe(403)
  })

  test('is told all of it, however much that is', async () => {
    const user = await service.newUser()
    const kept = Array.from({ length: 10_001 }, () => ({ review_id: new ObjectId(), user_id: user.id, created_at: new Date() }))
    await votesIn(service.mongo).insertMany(kept.map(vote => ({ ...vote, helpful: true })))
    expect((await service.personalData.exportOf(user.id)).votes).toHaveLength(10_001)
    await votesIn(service.mongo).deleteMany({ user_id: user.id })
  })
})
