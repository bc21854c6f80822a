import { afterEach, beforeEach, expect, test } from 'bun:test'
import { liveStreams } from './live-streams'
import { eventually } from './testing'

const open = () =>
  liveStreams({
    follow: () => ({ append: async () => {} }),
    messagesAfter: async () => [],
    versionsOf: async () => [],
    log: { warn() {} },
    heartbeatMs: 5,
  })
let streams: ReturnType<typeof open>
beforeEach(() => {
  streams = open()
})
afterEach(() => streams.close())

const subject = { id: 1, version: 1 }
const watcher = (sid: string, ms = 60_000) => ({ user: { id: 7, sid, expiresAt: Date.now() + ms }, after: 1 })

test('a stream ends with the token that opened it, not with one that lives longer', async () => {
  streams.open(subject, watcher('long'))
  const body = streams.open(subject, watcher('short', 50))
  expect(streams.openCount()).toBe(2)
  expect(await new Response(body).text()).toStartWith('retry: 2000\n\n: still here\n\n')
  expect(streams.openCount()).toBe(1)
})

test('a session that ended after its request was admitted gets no stream', async () => {
  streams.endSession('ended')
  expect(() => streams.open(subject, watcher('ended'))).toThrow(expect.objectContaining({ code: 'session_ended' }))
  streams.open(subject, watcher('other'))
  streams.endSession('other')
  await eventually(() => streams.openCount() === 0)
})
