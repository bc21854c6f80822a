import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { subscribe } from '../../../sdk/src/events'
import { type Frame, frameReader } from '../../../sdk/src/frames'
import { fakeShop, problem, refusal } from './fake-shop'

const encoder = new TextEncoder()
const framesOf = (...chunks: string[]): Frame[] => {
  const reader = frameReader(() => {})
  return chunks.flatMap(chunk => reader.read(encoder.encode(chunk)))
}
const data = (text: string, id?: string): Frame => ({ id, event: 'message', data: text })

describe('the frames of a stream', () => {
  test('are read with ids, names, many lines and comments', () => {
    expect(framesOf('retry: 2000\n\n: still here\n\nid: 7\nevent: moved\ndata: a\ndata:b\ndata\n\n')).toEqual([
      { id: '7', event: 'moved', data: 'a\nb\n' },
    ])
  })
  test('are the same in whatever pieces they come, with every kind of line end', () => {
    const text = 'id: 1\ndata: {"name":"Ä 日本 🍜"}\n\n: x\n\nid: 2\ndata: b\ndata: c\n\ndata: d\n\n'
    const expected = framesOf(text)
    expect(expected).toHaveLength(3)
    const cuts = fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 12 })
    fc.assert(
      fc.property(cuts, fc.constantFrom('\n', '\r\n', '\r'), (at, end) => {
        const bytes = encoder.encode(text.replaceAll('\n', end))
        const edges = [0, ...at.toSorted((a, b) => a - b), bytes.length]
        const reader = frameReader(() => {})
        const found = edges.slice(1).flatMap((edge, index) => reader.read(bytes.subarray(edges[index] ?? 0, edge)))
        // A return may be followed by its newline: only the next byte shows that the last frame has ended.
        expect(found.slice(0, 2)).toEqual(expected.slice(0, 2))
        expect(found.at(-1)).toEqual(expected[2]!)
      }),
    )
  })
  test('are not given out before they have ended', () => {
    expect(framesOf('data: half')).toEqual([])
    expect(framesOf('data: half\n')).toEqual([])
  })
  test('that never end are refused, as one line or as many', () => {
    for (const chunk of ['x'.repeat(100_000), `data: ${'x'.repeat(99)}\n`.repeat(1000)]) {
      const reader = frameReader(() => {})
      expect(() => {
        for (let count = 0; count < 20; count++) reader.read(encoder.encode(chunk))
      }).toThrow('without an end')
    }
  })
  test('give no id that a header does not take, and no pause that is no number', () => {
    expect(framesOf('id: a\u0000b\ndata: 1\n\nid: ä\ndata: 2\n\n', `id: ${'9'.repeat(300)}\ndata: 3\n\n`)).toEqual([
      data('1'),
      data('2'),
      data('3'),
    ])
    const pauses: number[] = []
    frameReader(ms => pauses.push(ms)).read(encoder.encode('retry: 10\n\nretry: -1\n\nretry: 1e9\n\nretry: 99999999999999\n\n'))
    expect(pauses).toEqual([10])
  })
})

/** A stream that sends the text and then ends, breaks, or stays open. */
const stream = (text: string, end: 'ends' | 'breaks' | 'stays' = 'ends') =>
  new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encoder.encode(text))
        if (end === 'ends') controller.close()
      },
      pull(controller) {
        if (end === 'breaks') controller.error(new TypeError('terminated'))
      },
    }),
    { headers: { 'content-type': 'text/event-stream; charset=utf-8' } },
  )

describe('a subscription', () => {
  test('continues after the last event that was handled when the connection ends or breaks', async () => {
    const { shop, asked } = fakeShop((_, count) =>
      count === 1
        ? stream('retry: 1\n\nid: 4\ndata: {"n":4}\n\n')
        : count === 2
          ? stream('id: 5\ndata: {"n":5}\n\nid: 6\nda', 'breaks')
          : stream('id: 6\ndata: {"n":6}\n\n', 'stays'),
    )
    const enough = new AbortController()
    const seen: unknown[] = []
    const live: boolean[] = []
    await subscribe(shop, '/api/x/stream', {
      lastEventId: '3',
      signal: enough.signal,
      onLive: now => live.push(now),
      onEvent: event => {
        seen.push(event.data)
        if (event.id === '6') enough.abort()
      },
    })
    expect(seen).toEqual([{ n: 4 }, { n: 5 }, { n: 6 }])
    expect(asked.map(({ headers }) => headers.get('last-event-id'))).toEqual(['3', '4', '5'])
    expect(asked[0]?.headers.get('accept')).toBe('text/event-stream')
    expect(live).toEqual([true, false, true, false, true, false])
  })
  test('leaves a connection that has fallen silent', async () => {
    const enough = new AbortController()
    const { shop, asked } = fakeShop((_, count) => stream(count === 1 ? 'retry: 1\n\n' : 'data: 1\n\n', 'stays'))
    await subscribe(shop, '/x', { signal: enough.signal, longestSilenceMs: 20, onEvent: () => enough.abort() })
    expect(asked).toHaveLength(2)
  })
  test('is refused for good when the shop refuses it', async () => {
    for (const [status, code] of [
      [404, 'shipment_not_found'],
      [403, 'forbidden'],
      [401, 'token_required'],
    ] as const) {
      const { shop, asked } = fakeShop(() => problem(status, code))
      expect(await refusal(subscribe(shop, '/api/x/stream', { onEvent: () => {} }))).toMatchObject({ status, code })
      expect(asked).toHaveLength(1)
    }
  })
  test('is refused for an answer that is no stream, and for one that sends an event without an end', async () => {
    const page = fakeShop(() => new Response('<h1>Log in to the café’s network</h1>', { headers: { 'content-type': 'text/html' } }))
    expect(await refusal(subscribe(page.shop, '/x', { onEvent: () => {} }))).toMatchObject({ code: 'unexpected_answer' })
    const endless = fakeShop(() => stream('x'.repeat(1_100_000), 'stays'))
    expect(await refusal(subscribe(endless.shop, '/x', { onEvent: () => {} }))).toMatchObject({ code: 'bad_stream' })
  })
  test('passes on what its handler throws, and leaves the stream', async () => {
    let left = false
    const body = new ReadableStream<Uint8Array>({
      start: controller => controller.enqueue(encoder.encode('data: 1\n\n')),
      cancel: () => {
        left = true
      },
    })
    const { shop } = fakeShop(() => new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
    const onEvent = () => {
      throw new Error('the page has a fault')
    }
    expect(await refusal(subscribe(shop, '/x', { onEvent }))).toMatchObject({ message: 'the page has a fault' })
    expect(left).toBe(true)
  })
  test('gives data that is not JSON as text', async () => {
    const enough = new AbortController()
    const { shop } = fakeShop(() => stream('data: plain\n\n', 'stays'))
    let seen: unknown
    await subscribe(shop, '/x', {
      signal: enough.signal,
      onEvent: event => {
        seen = event
        enough.abort()
      },
    })
    expect(seen).toEqual({ id: undefined, event: 'message', data: 'plain' })
  })
})
