import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { opinion, product, type TestRating, testRating } from './testing'

const advertising =
  'BUY CHEAP VIAGRA NOW!!! 90% OFF, earn $5000 a week from home, visit http://cheap-pills.example.com and http://win-money.example.com or WhatsApp +1 555 0100'

let service: TestRating
beforeAll(async () => {
  service = await testRating()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  expect((await service.drift()).summaries.count).toBe(0)
  await service.stop()
})

let products = 0x5000
const newProduct = () => product(++products)
const post = async (comment: string, id = newProduct()) => {
  const user = await service.newUser()
  const { body } = await user.review(id, 5, { comment })
  return { user, product: id, id: body.id as string, path: `/ratings/${body.id}`, status: body.status as string }
}
const textScore = async (path: string): Promise<number> => (await service.admin.send('GET', path)).body.spam.text_score
const decide = (path: string, how: 'approve' | 'reject', body: object) => service.admin.send('POST', `${path}/${how}`, body)

describe('a review that looks like spam', () => {
  test('waits: its author sees that, administrators see why, and nobody else sees it', async () => {
    const { user, product: about, id, path, status } = await post(`${advertising} a`)
    expect(status).toBe('waiting')
    expect((await user.send('GET', '/ratings/me')).body.items).toMatchObject([{ id, status: 'waiting' }])
    expect(await service.list(about)).toMatchObject({ items: [], total: 0 })
    expect((await service.summary(about)).count).toBe(0)
    const { body } = await service.admin.send('GET', path)
    expect(body.spam.score).toBeGreaterThan(0.5)
    expect(body.spam.signals).toContainEqual({ name: 'links', value: 2, weight: expect.any(Number) })
    expect(body.history).toMatchObject([{ decision: 'held_by_filter', reason: null }])
    const pending = await service.admin.send('GET', '/ratings/pending?limit=100')
    expect(pending.body.items.map((item: { id: string }) => item.id)).toContain(id)
    const events = (await service.published('rating.created')).filter(({ aggregate }) => aggregate.id === id)
    expect(events).toMatchObject([{ data: { status: 'waiting', rating: 5 } }])
  })

  test('is published and counted once an administrator approves it', async () => {
    const { path, product: about, id } = await post(`${advertising} b`)
    const approved = await decide(path, 'approve', { reason: 'It is our own advertising.' })
    expect(approved.body).toMatchObject({
      status: 'published',
      waiting_since: null,
      history: [{}, { decision: 'approved', reason: 'It is our own advertising.' }],
    })
    expect((await service.list(about)).items).toMatchObject([{ id }])
    expect((await service.summary(about)).count).toBe(1)
  })

  test('is no less noticed when it comes by an edit', async () => {
    const { user, path, product: about, status } = await post(opinion('edit'))
    expect(status).toBe('published')
    expect((await user.send('PATCH', path, { comment: `${advertising} c` })).body.status).toBe('waiting')
    expect((await service.summary(about)).count).toBe(0)
    expect((await user.send('PATCH', path, { comment: opinion('edited') })).body.status).toBe('waiting')
  })
})

describe('a text that another account has written already', () => {
  const text = (n: number) => `This grinder is quiet, it grinds evenly, and the bowl is easy to clean after every single use of it ${n}`
  test('waits, however harmless it is', async () => {
    expect((await post(text(1))).status).toBe('published')
    const { status, path } = await post(text(2))
    expect(status).toBe('waiting')
    const { body } = await service.admin.send('GET', path)
    const signal = body.spam.signals.find(({ name }: { name: string }) => name === 'near_duplicate')
    expect(signal.value).toBeGreaterThan(0.7)
  })

  test('is harmless where many people write the same few words', async () => {
    for (let n = 0; n < 3; n++) expect((await post('Very good!')).status).toBe('published')
  })
})

describe('a decision', () => {
  test('keeps its reason, which the author of a rejected review sees', async () => {
    const { user, path, product: about } = await post(opinion('reason'))
    await decide(path, 'reject', { reason: 'It is about the delivery.', spam: false })
    expect((await user.send('GET', '/ratings/me')).body.items).toMatchObject([{ status: 'rejected', reason: 'It is about the delivery.' }])
    expect((await service.summary(about)).count).toBe(0)
    expect((await user.send('PATCH', path, { comment: opinion('mended') })).body).toMatchObject({ status: 'waiting', reason: null })
    await decide(path, 'approve', {})
    const { history } = (await service.admin.send('GET', path)).body
    expect(history.map(({ decision }: { decision: string }) => decision)).toEqual(['rejected', 'held_after_edit', 'approved'])
  })

  test('that is sent again with its key is made once', async () => {
    const { path } = await post(opinion('key'))
    const key = { 'idempotency-key': 'decision' }
    const answers = await Promise.all([1, 2, 3].map(() => service.admin.send('POST', `${path}/reject`, { reason: 'Twice' }, key)))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await service.admin.send('GET', path)).body.history).toHaveLength(1)
  })

  test('needs a reason to reject, and is an administrator’s', async () => {
    const { user, path } = await post(opinion('needs'))
    expect((await decide(path, 'reject', {})).status).toBe(400)
    for (const how of ['approve', 'reject']) expect((await user.send('POST', `${path}/${how}`, { reason: 'x' })).status).toBe(403)
    for (const get of ['/ratings/pending', path]) expect((await user.send('GET', get)).status).toBe(403)
  })

  test('about a review that is not there is 404', async () => {
    const nothing = `/ratings/${product(0xabc)}`
    expect((await decide(nothing, 'approve', {})).body.code).toBe('review_not_found')
    expect((await service.admin.send('GET', nothing)).status).toBe(404)
  })
})

describe('a review that its author deletes', () => {
  const again = async ({ user, path, product: about }: Awaited<ReturnType<typeof post>>, comment: string) => {
    expect((await user.send('DELETE', path)).status).toBe(204)
    const { body } = await user.review(about, 5, { comment })
    return { user, product: about, id: body.id as string, path: `/ratings/${body.id}`, status: body.status as string }
  }

  test('once it was rejected waits when it is written anew, as often as that happens, until an administrator approves it', async () => {
    const first = await post(opinion('anew'))
    await decide(first.path, 'reject', { reason: 'Rude', spam: false })
    const second = await again(first, opinion('anew'))
    const third = await again(second, opinion('anew'))
    expect([first.status, second.status, third.status]).toEqual(['published', 'waiting', 'waiting'])
    expect((await service.list(third.product)).total).toBe(0)
    expect((await service.summary(third.product)).count).toBe(0)
    const { history } = (await service.admin.send('GET', third.path)).body
    expect(history).toMatchObject([{ decision: 'held_after_deletion', reason: null }])
    await decide(third.path, 'approve', {})
    expect((await again(third, opinion('anew'))).status).toBe('published')
  })

  test('once a reader reported it waits when it is written anew: the report would be lost otherwise', async () => {
    const first = await post(opinion('reported'))
    const reader = await service.newUser()
    await reader.send('POST', `${first.path}/report`, { reason: 'Rude' })
    expect((await again(first, opinion('reported'))).status).toBe('waiting')
  })

  test('while it waits, waits with its next text as well', async () => {
    const held = await post(`${advertising} d`)
    expect((await again(held, opinion('harmless'))).status).toBe('waiting')
  })

  test('keeps nothing else from being published: no other product, no other author, none that was published', async () => {
    const { user, path, product: about } = await post(opinion('one of two'))
    await decide(path, 'reject', { reason: 'Rude', spam: false })
    await user.send('DELETE', path)
    expect((await user.review(newProduct(), 5, { comment: opinion('another product') })).body.status).toBe('published')
    expect((await post(opinion('another author'), about)).status).toBe('published')
    expect((await again(await post(opinion('no decision')), opinion('no decision'))).status).toBe('published')
  })
})

describe('the filter learns', () => {
  const club = (n: number) => `Join the secret fragrance circle of madame Zubrowka today, places are limited, ask our hostess ${n}`

  test('from rejections, in every instance, and forgets by approvals', async () => {
    const other = await service.another()
    const first = await post(club(0))
    const before = await textScore(first.path)
    await decide(first.path, 'reject', { reason: 'Advertising' })
    const second = await post(club(1))
    const after = await textScore(second.path)
    expect(after).toBeGreaterThan(before)
    const author = await service.newUser()
    const elsewhere = await other.send('POST', '/ratings', { product_id: newProduct(), rating: 5, comment: club(1) }, author.headers)
    expect(await textScore(`/ratings/${elsewhere.body.id}`)).toBeCloseTo(after, 10)
    await decide(second.path, 'approve', {})
    expect(await textScore((await post(club(2))).path)).toBeLessThan(after)
  })

  test('nothing from a rejection for another reason, nor from stars without words', async () => {
    const versionOf = async () =>
      (await service.mongo.collection<{ _id: string; version: number }>('models').findOne({ _id: 'spam' }))?.version ?? 0
    const before = await versionOf()
    await decide((await post(opinion('other reason'))).path, 'reject', { reason: 'Rude', spam: false })
    const silent = await (await service.newUser()).review(newProduct(), 5)
    await decide(`/ratings/${silent.body.id}`, 'reject', { reason: 'Spam' })
    expect(await versionOf()).toBe(before)
  })

  test('every decision once, also when twenty are made at the same moment by two instances', async () => {
    const models = service.mongo.collection<{ _id: string; version: number }>('models')
    const other = await service.another()
    const posts = await Promise.all(Array.from({ length: 20 }, (_, n) => post(opinion(`at once ${n}`))))
    const before = (await models.findOne({ _id: 'spam' }))?.version ?? 0
    const answers = await Promise.all(
      posts.map(({ path }, n) =>
        (n % 2 === 0 ? service : other).send('POST', `${path}/reject`, { reason: `No. ${n}` }, service.admin.headers),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(posts.map(() => 200))
    expect((await models.findOne({ _id: 'spam' }))?.version).toBe(before + 20)
  })
})
