import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { replyReportsIn } from './database'
import { mostReportsADay, reportsThatHold } from './domain'
import { opinion, product, type TestRating, testRating } from './testing'

let service: TestRating
beforeAll(async () => {
  service = await testRating()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  await service.stop()
})

let products = 0x7000
const people = (count: number) => Promise.all(Array.from({ length: count }, () => service.newUser()))
/** A reply to a published review of a product of its own. */
const newReply = async (comment = 'Does it fold?') => {
  const [productId, author, writer] = [product(++products), ...(await people(2))] as const
  const review = `/ratings/${(await author!.review(productId, 5)).body.id}`
  const { body } = await writer!.send('POST', `${review}/replies`, { comment })
  return { productId, review, author: author!, writer: writer!, id: body.id as string, path: `${review}/replies/${body.id}` }
}
type Posted = Awaited<ReturnType<typeof newReply>>
const report = (reader: { send: TestRating['admin']['send'] }, path: string) => reader.send('POST', `${path}/report`, { reason: 'Rude.' })
const hold = async ({ path }: Posted) => {
  for (const reader of await people(reportsThatHold.unseen)) expect((await report(reader, path)).status).toBe(200)
}
const decide = (path: string, how: 'approve' | 'reject', body: object) => service.admin.send('POST', `${path}/${how}`, body)
const shown = async ({ productId }: Posted): Promise<string[]> =>
  (await service.list(productId)).items[0].replies.map(({ id }: { id: string }) => id)
const stored = async ({ review, id }: Posted) =>
  (await service.admin.send('GET', review)).body.replies.find((reply: { id: string }) => reply.id === id)
const pending = async (): Promise<string[]> =>
  (await service.admin.send('GET', '/ratings/replies/pending?limit=100')).body.items.flatMap(
    ({ replies }: { replies: { id: string; status: string }[] }) =>
      replies.filter(({ status }) => status === 'waiting').map(({ id }) => id),
  )

describe('reports of a reply', () => {
  test('by several readers send it to wait; an administrator sees why, and brings it back', async () => {
    const posted = await newReply()
    const { path, review, id } = posted
    const readers = await people(reportsThatHold.unseen)
    for (let n = 0; n < 3; n++) expect((await report(readers[0]!, path)).body).toEqual({ id, reported: true })
    expect([await shown(posted), await pending()]).toEqual([[id], []])
    await Promise.all(readers.map(reader => report(reader, path)))
    expect([await shown(posted), await pending()]).toEqual([[], [id]])
    const { body } = await service.admin.send('GET', review)
    expect(body).toMatchObject({ status: 'published', open_reports: 0, reports: [] })
    expect(body.replies).toMatchObject([{ id, status: 'waiting', open_reports: 3, history: [{ decision: 'held_by_reports' }] }])
    expect(body.reply_reports).toHaveLength(reportsThatHold.unseen)
    expect(body.reply_reports[0]).toMatchObject({ reply_id: id, reason: 'Rude.' })
    const approved = await decide(path, 'approve', { reason: 'A question.' })
    expect(approved.body).toMatchObject({ id, status: 'published', open_reports: 0, waiting_since: null })
    expect([await shown(posted), await pending()]).toEqual([[id], []])
    await Promise.all(readers.map(reader => report(reader, path)))
    expect(await shown(posted)).toEqual([id])
  })

  test('of the writer are refused, as are those of what is not shown', async () => {
    const posted = await newReply()
    const [reader] = await people(1)
    expect(await report(posted.writer, posted.path)).toMatchObject({ status: 409, body: { code: 'own_reply' } })
    await decide(posted.path, 'reject', { reason: 'Rude', spam: false })
    expect(await report(reader!, posted.path)).toMatchObject({ status: 404, body: { code: 'reply_not_found' } })
    const other = await newReply()
    await decide(other.review, 'reject', { reason: 'Rude', spam: false })
    expect(await report(reader!, other.path)).toMatchObject({ status: 404, body: { code: 'review_not_found' } })
  })

  test('count among those of a day', async () => {
    const [reader] = await people(1)
    const posted = await Promise.all(Array.from({ length: mostReportsADay }, (_, n) => newReply(`No. ${n}`)))
    for (const { path } of posted) expect((await report(reader!, path)).status).toBe(200)
    const more = await newReply()
    for (const path of [more.path, more.review])
      expect(await report(reader!, path)).toMatchObject({ status: 429, body: { code: 'too_many_reports' } })
  })

  test('that are sent again with their key are one, and go with the reply', async () => {
    const { path, writer, id, review } = await newReply()
    const [reader] = await people(1)
    const again = () => reader!.send('POST', `${path}/report`, {}, { 'idempotency-key': 'report' })
    const answers = await Promise.all([again(), again(), again()])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await replyReportsIn(service.mongo).countDocuments({ reply_id: id })).toBe(1)
    expect((await writer.send('DELETE', path)).status).toBe(204)
    expect((await service.admin.send('GET', review)).body.reply_reports).toEqual([])
    expect((await report(service.admin, path)).body.code).toBe('reply_not_found')
  })

  test('at the moment when it is deleted leave nothing behind', async () => {
    for (let n = 0; n < 5; n++) {
      const { path, writer, id } = await newReply()
      const readers = await people(4)
      const answers = await Promise.all([writer.send('DELETE', path), ...readers.map(reader => report(reader, path))])
      expect(answers[0]?.status).toBe(204)
      for (const { status } of answers.slice(1)) expect([200, 404]).toContain(status)
      expect(await replyReportsIn(service.mongo).countDocuments({ reply_id: id })).toBe(0)
      expect(await pending()).not.toContain(id)
    }
  })

  test('go with the review', async () => {
    const posted = await newReply()
    await hold(posted)
    expect(await pending()).toContain(posted.id)
    expect((await posted.author.send('DELETE', posted.review)).status).toBe(204)
    expect(await pending()).not.toContain(posted.id)
    expect(await replyReportsIn(service.mongo).countDocuments({ reply_id: posted.id })).toBe(0)
  })
})

describe('a decision about a reply', () => {
  test('is an administrator’s, needs a reason to reject, and needs the reply', async () => {
    const { path, review, writer } = await newReply()
    expect((await decide(path, 'reject', {})).status).toBe(400)
    for (const how of ['approve', 'reject']) expect((await writer.send('POST', `${path}/${how}`, { reason: 'x' })).status).toBe(403)
    expect((await writer.send('GET', '/ratings/replies/pending')).status).toBe(403)
    const nothing = `${review}/replies/${product(0xabc)}`
    expect((await decide(nothing, 'approve', {})).body.code).toBe('reply_not_found')
    await writer.send('DELETE', path)
    expect((await decide(path, 'reject', { reason: 'Rude' })).body.code).toBe('reply_not_found')
  })

  test('that is sent again with its key is made once, and keeps its reason, which the export of its writer tells', async () => {
    const posted = await newReply()
    const key = { 'idempotency-key': 'decision' }
    const reject = () => service.admin.send('POST', `${posted.path}/reject`, { reason: 'Rude', spam: false }, key)
    const answers = await Promise.all([reject(), reject(), reject()])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await stored(posted)).history).toHaveLength(1)
    expect(await shown(posted)).toEqual([])
    const { replies } = await service.personalData.exportOf(posted.writer.id)
    expect(replies).toMatchObject([{ id: posted.id, status: 'rejected', reason: 'Rude' }])
  })

  test('teaches the filter unless it is rejected for another reason', async () => {
    const models = service.mongo.collection<{ _id: string; version: number }>('models')
    const version = async () => (await models.findOne({ _id: 'spam' }))?.version ?? 0
    const { path } = await newReply(opinion('taught'))
    const before = await version()
    await decide(path, 'reject', { reason: 'Rude', spam: false })
    expect(await version()).toBe(before)
    await decide(path, 'reject', { reason: 'Advertising' })
    expect(await version()).toBe(before + 1)
  })
})

describe('a writer who deletes a reply', () => {
  const again = async ({ path, review, writer }: Posted): Promise<string> => {
    expect((await writer.send('DELETE', path)).status).toBe(204)
    return (await writer.send('POST', `${review}/replies`, { comment: 'Once more' })).body.status
  }
  test('that was rejected, held or reported has the next one wait, and the one after it not', async () => {
    const rejected = await newReply()
    await decide(rejected.path, 'reject', { reason: 'Rude', spam: false })
    const held = await newReply()
    await hold(held)
    const reported = await newReply()
    await report(service.admin, reported.path)
    for (const posted of [rejected, held, reported]) {
      expect(await again(posted)).toBe('waiting')
      expect((await posted.writer.send('POST', `${posted.review}/replies`, { comment: 'Another' })).body.status).toBe('published')
    }
  })
  test('that nobody reported has the next one published', async () => {
    expect(await again(await newReply())).toBe('published')
  })
})

test('the reviews with waiting replies are read page by page, the longest waiting first', async () => {
  const held: Posted[] = []
  for (let n = 0; n < 3; n++) {
    const posted = await newReply()
    await hold(posted)
    held.push(posted)
  }
  const found: string[] = []
  let cursor: string | null | undefined
  do {
    const { body } = await service.admin.send('GET', `/ratings/replies/pending?limit=1${cursor ? `&cursor=${cursor}` : ''}`)
    found.push(...body.items.map((item: { id: string }) => `/ratings/${item.id}`))
    cursor = body.next_cursor
  } while (cursor)
  const mine = held.map(({ review }) => review)
  expect(found.filter(review => mine.includes(review))).toEqual(mine)
})
