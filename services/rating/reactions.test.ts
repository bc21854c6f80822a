import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mostReplies, mostReportsADay, reportsThatHold } from './domain'
import { product, type TestRating, testRating } from './testing'

let service: TestRating
beforeAll(async () => {
  service = await testRating()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  expect((await service.drift()).summaries.count).toBe(0)
  await service.stop()
})

let products = 0x3000
/** A published review of a product of its own. */
const newReview = async () => {
  const [productId, author] = [product(++products), await service.newUser()]
  const { body } = await author.review(productId, 5)
  return { productId, author, id: body.id as string, path: `/ratings/${body.id}` }
}
const people = (count: number) => Promise.all(Array.from({ length: count }, () => service.newUser()))

describe('a vote', () => {
  test('counts once for each reader, and the last one counts', async () => {
    const { path, id } = await newReview()
    const [ann] = await people(1)
    expect((await ann!.send('POST', `${path}/helpful`, { helpful: true })).body).toEqual({
      id,
      helpful: true,
      helpful_up: 1,
      helpful_down: 0,
    })
    expect((await ann!.send('POST', `${path}/helpful`, { helpful: true })).body).toMatchObject({ helpful_up: 1 })
    expect((await ann!.send('POST', `${path}/helpful`, { helpful: false })).body).toMatchObject({ helpful_up: 0, helpful_down: 1 })
  })

  test('of fifty readers at once counts fifty times, also when some change their minds', async () => {
    const { path, productId } = await newReview()
    const readers = await people(50)
    await Promise.all(
      readers.flatMap((reader, n) => [
        reader.send('POST', `${path}/helpful`, { helpful: true }),
        ...(n % 5 === 0 ? [reader.send('POST', `${path}/helpful`, { helpful: true })] : []),
      ]),
    )
    await Promise.all(readers.slice(0, 10).map(reader => reader.send('POST', `${path}/helpful`, { helpful: false })))
    expect((await service.list(productId)).items[0]).toMatchObject({ helpful_up: 40, helpful_down: 10 })
  })

  test('orders the list by how helpful a review is at least', async () => {
    const id = product(++products)
    const authors = await people(3)
    const ids: string[] = []
    for (const author of authors) ids.push((await author.review(id, 4)).body.id)
    const readers = await people(4)
    for (const reader of readers) await reader.send('POST', `/ratings/${ids[1]}/helpful`, { helpful: true })
    await readers[0]!.send('POST', `/ratings/${ids[0]}/helpful`, { helpful: true })
    await readers[1]!.send('POST', `/ratings/${ids[2]}/helpful`, { helpful: false })
    expect((await service.list(id)).items.map((item: { id: string }) => item.id)).toEqual([ids[1], ids[0], ids[2]])
  })

  test('on one’s own review is refused, as is one on a review that is not shown', async () => {
    const { path, author } = await newReview()
    expect(await author.send('POST', `${path}/helpful`, { helpful: true })).toMatchObject({ status: 409, body: { code: 'own_review' } })
    await service.admin.send('POST', `${path}/reject`, { reason: 'x', spam: false })
    const [ann] = await people(1)
    for (const [act, body] of [
      ['helpful', { helpful: true }],
      ['replies', { comment: 'x' }],
      ['report', {}],
    ] as const)
      expect(await ann!.send('POST', `${path}/${act}`, body)).toMatchObject({ status: 404, body: { code: 'review_not_found' } })
  })
})

describe('a reply', () => {
  test('is shown with its review; an administrator’s is the shop’s and names nobody', async () => {
    const { path, productId } = await newReview()
    const [ann] = await people(1)
    const asked = await ann!.send('POST', `${path}/replies`, { comment: 'Does it fold?' })
    expect(asked).toMatchObject({ status: 201, body: { user_id: ann!.id, from_shop: false, comment: 'Does it fold?' } })
    expect(asked.headers.get('location')).toBe(`/api/ratings/product/${productId}`)
    const answer = await service.admin.send('POST', `${path}/replies`, { comment: 'It does.' })
    expect(answer.body).toMatchObject({ user_id: null, from_shop: true })
    expect((await service.list(productId)).items[0].replies).toEqual([asked.body, answer.body])
  })

  test('is written once for a key', async () => {
    const { path, productId } = await newReview()
    const [ann] = await people(1)
    const answers = await Promise.all(
      [1, 2, 3].map(() => ann!.send('POST', `${path}/replies`, { comment: 'Once.' }, { 'idempotency-key': 'reply' })),
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await service.list(productId)).items[0].replies).toHaveLength(1)
  })

  test('can be deleted by its writer and by an administrator, and by nobody else', async () => {
    const { path, productId } = await newReview()
    const [ann, bob] = await people(2)
    const first = (await ann!.send('POST', `${path}/replies`, { comment: 'One' })).body.id
    const second = (await ann!.send('POST', `${path}/replies`, { comment: 'Two' })).body.id
    expect(await bob!.send('DELETE', `${path}/replies/${first}`)).toMatchObject({ status: 404, body: { code: 'reply_not_found' } })
    expect((await ann!.send('DELETE', `${path}/replies/${first}`)).status).toBe(204)
    expect((await service.admin.send('DELETE', `${path}/replies/${second}`)).status).toBe(204)
    expect((await service.list(productId)).items[0].replies).toEqual([])
  })

  test('is one of a few, and advertising is refused in so many words', async () => {
    const { path } = await newReview()
    const [ann, bob] = await people(2)
    const answers = await Promise.all(
      Array.from({ length: mostReplies.each + 2 }, (_, n) => ann!.send('POST', `${path}/replies`, { comment: `No. ${n}` })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(mostReplies.each)
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('too_many_replies')
    const advertising =
      'Buy cheap viagra now!!! 90% off, visit http://cheap-pills.example.com http://win-money.example.com WhatsApp +1 555 0100'
    expect(await bob!.send('POST', `${path}/replies`, { comment: advertising })).toMatchObject({
      status: 422,
      body: { code: 'looks_like_spam' },
    })
  })
})

describe('reports', () => {
  test('of several readers send a review to wait and out of the summary; an administrator brings it back', async () => {
    const { path, id, productId, author } = await newReview()
    const readers = await people(reportsThatHold.unseen)
    const report = (reader: (typeof readers)[number]) => reader.send('POST', `${path}/report`, { reason: 'Not this product.' })
    for (let n = 0; n < 3; n++) expect((await report(readers[0]!)).body).toEqual({ id, reported: true })
    expect((await service.summary(productId)).count).toBe(1)
    await Promise.all(readers.map(report))
    expect((await service.summary(productId)).count).toBe(0)
    expect((await author.send('GET', '/ratings/me')).body.items[0]).toMatchObject({ status: 'waiting' })
    const { body } = await service.admin.send('GET', path)
    expect(body).toMatchObject({ status: 'waiting', open_reports: reportsThatHold.unseen })
    expect(body.reports).toHaveLength(reportsThatHold.unseen)
    expect(body.reports[0]).toMatchObject({ reason: 'Not this product.' })
    await service.admin.send('POST', `${path}/approve`, { reason: 'It is this product.' })
    expect((await service.summary(productId)).count).toBe(1)
    await Promise.all(readers.map(report))
    expect((await service.list(productId)).total).toBe(1)
  })

  test('are limited to some by one reader a day', async () => {
    const [id, [ann]] = [product(++products), await people(1)]
    const ids: string[] = []
    for (const author of await people(mostReportsADay + 1)) ids.push((await author.review(id, 3)).body.id)
    for (const one of ids.slice(0, -1)) expect((await ann!.send('POST', `/ratings/${one}/report`, {})).status).toBe(200)
    const { status, body, headers } = await ann!.send('POST', `/ratings/${ids.at(-1)}/report`, {})
    expect([status, body.code, headers.get('retry-after')]).toEqual([429, 'too_many_reports', '3600'])
    expect((await ann!.send('POST', `/ratings/${ids[0]}/report`, {})).status).toBe(200)
  })

  test('by the author are refused', async () => {
    const { path, author } = await newReview()
    expect((await author.send('POST', `${path}/report`, {})).body.code).toBe('own_review')
  })
})
