import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { userDeleted } from '#shared/catalog'
import { messageOf } from '#shared/testing'
import { product, type TestRating, testRating } from './testing'

let service: TestRating
beforeAll(async () => {
  service = await testRating()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  const { summaries } = await service.drift()
  expect(summaries).toEqual({ count: 0, examples: [] })
  await service.stop()
})

let products = 0x2000
const newProduct = () => product(++products)
const people = (count: number) => Promise.all(Array.from({ length: count }, () => service.newUser()))
/** The changes of a product's summary, in the order in which they were stored. */
const published = async (id: string) =>
  (await service.published('rating.summary_updated'))
    .filter(({ aggregate }) => aggregate.id === id)
    .map(({ aggregate, data }) => ({ version: aggregate.version, ...Object(data) }))

const tally = (ratings: readonly number[]) => ({
  count: ratings.length,
  average: ratings.length === 0 ? 0 : Math.round((ratings.reduce((sum, one) => sum + one, 0) * 100) / ratings.length) / 100,
  histogram: Object.fromEntries([1, 2, 3, 4, 5].map(stars => [stars, ratings.filter(one => one === stars).length])),
})

describe('a summary', () => {
  test('without reviews is zero, and its score is the mean of the shop', async () => {
    expect(await service.summary(newProduct())).toEqual({ ...tally([]), score: 3 })
  })

  test('is right after a hundred reviews at the same moment, and was published after each of them', async () => {
    const id = newProduct()
    const users = await people(100)
    const ratings = users.map((_, n) => ((n * 7) % 5) + 1)
    const answers = await Promise.all(users.map((user, n) => user.review(id, ratings[n]!)))
    expect(answers.map(({ status }) => status)).toEqual(users.map(() => 201))
    expect(await service.summary(id)).toMatchObject(tally(ratings))
    const events = await published(id)
    expect(events.map(({ version }) => version)).toEqual(users.map((_, n) => n + 1))
    expect(events.at(-1)).toMatchObject({ product_id: id, count: 100, average: tally(ratings).average })
  })

  test('is right when two instances write at the same time', async () => {
    const id = newProduct()
    const other = await service.another()
    const users = await people(40)
    const answers = await Promise.all(
      users.map((user, n) => (n % 2 === 0 ? service : other).send('POST', '/ratings', { product_id: id, rating: 4 }, user.headers)),
    )
    expect(answers.map(({ status }) => status)).toEqual(users.map(() => 201))
    expect(await service.summary(id)).toMatchObject(tally(users.map(() => 4)))
    expect((await published(id)).map(({ version }) => version)).toEqual(users.map((_, n) => n + 1))
  })

  test('follows edits, rejections, approvals, deletions and erasures, also when all of them come at once', async () => {
    const id = newProduct()
    const users = await people(40)
    const rows = (await Promise.all(users.map(user => user.review(id, 5)))).map(({ body }) => body.id)
    const act = async (n: number) => {
      const [user, review] = [users[n]!, `/ratings/${rows[n]}`]
      if (n % 4 === 0) return user.send('PATCH', review, { rating: 1 })
      if (n % 4 === 1) return user.send('DELETE', review)
      await service.admin.send('POST', `${review}/reject`, { reason: 'Not about the product.', spam: false })
      return n % 4 === 2 ? service.admin.send('POST', `${review}/approve`, { reason: 'It is, after all.' }) : undefined
    }
    const erased = users
      .filter((_, n) => n % 4 === 2)
      .map(({ id: user_id }) => messageOf(userDeleted({ id: user_id, version: 2 }, { user_id })))
    await Promise.all([...users.map((_, n) => act(n)), ...erased.map(message => service.handle(message))])
    const expected = tally([...Array.from({ length: 10 }, () => 1), ...Array.from({ length: 10 }, () => 5)])
    expect(await service.summary(id)).toMatchObject(expected)
  })

  test('changes nothing when nothing counts differently', async () => {
    const [id, user] = [newProduct(), await service.newUser()]
    const { body } = await user.review(id, 4)
    await user.send('PATCH', `/ratings/${body.id}`, { title: 'Another title' })
    await user.send('PATCH', `/ratings/${body.id}`, { rating: 4 })
    expect((await published(id)).length).toBe(1)
    await service.admin.send('POST', `/ratings/${body.id}/reject`, { reason: 'x', spam: false })
    await service.admin.send('POST', `/ratings/${body.id}/reject`, { reason: 'x', spam: false })
    expect((await published(id)).at(-1)).toMatchObject({ version: 2, average: 0, count: 0 })
  })

  test('has a score that one review of five stars does not lift above many good ones', async () => {
    const [single, many] = [newProduct(), newProduct()]
    await Promise.all((await people(1)).map(user => user.review(single, 5)))
    await Promise.all((await people(30)).map((user, n) => user.review(many, n % 10 === 0 ? 4 : 5)))
    const [one, thirty] = [await service.summary(single), await service.summary(many)]
    expect(one.average).toBeGreaterThan(thirty.average)
    expect(one.score).toBeLessThan(thirty.score)
  })
})

test('a review that was created is published once, with its status', async () => {
  const [id, user] = [newProduct(), await service.newUser()]
  const { body } = await user.review(id, 3)
  await user.send('PATCH', `/ratings/${body.id}`, { rating: 2 })
  const events = (await service.published('rating.created')).filter(({ aggregate }) => aggregate.id === body.id)
  expect(events.map(({ data }) => data)).toEqual([{ rating_id: body.id, user_id: user.id, product_id: id, rating: 3, status: 'published' }])
})

describe('drift', () => {
  test('names a summary that differs from its reviews, and sums over the shop that differ from the summaries', async () => {
    const [id, user] = [newProduct(), await service.newUser()]
    await user.review(id, 5)
    const summaries = service.mongo.collection<{ _id: string; sum: number }>('summaries')
    await summaries.updateOne({ _id: id }, { $inc: { sum: 1 } })
    expect((await service.drift()).summaries).toEqual({ count: 2, examples: [id, 'all products'] })
    await summaries.updateOne({ _id: id }, { $inc: { sum: -1 } })
    expect(await service.drift()).toMatchObject({ summaries: { count: 0 }, ratings: { [id]: { average: 5, count: 1 } } })
  })

  test('is for discovery alone', async () => {
    expect((await service.send('GET', '/internal/drift', undefined, await service.asService('order'))).status).toBe(403)
  })
})
