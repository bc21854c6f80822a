import type { Indexed } from './domain'
import { buildSegment, mergeSegments } from './domain-build'
import { emptySegment, openSegment, type Segment } from './domain-segment'

/** What the thread is told: where to begin, products to add, and to hand over the result. */
export type BuildMessage =
  | { kind: 'begin'; segment: ArrayBuffer; dead: Uint8Array }
  | { kind: 'add'; products: Indexed[] }
  | { kind: 'finish' }

declare const self: Worker

/** So many products are cut into words at a time: all at once would need several times the memory. */
const mostAtOnce = 20_000

const opened = (buffer: ArrayBuffer): Segment => {
  const segment = openSegment(buffer)
  if (!segment) throw new Error('the segment is of another form than this release makes')
  return segment
}

let built = emptySegment()
/** Of the products in `built`, those that left it. */
let dead: Uint8Array = new Uint8Array()
let waiting: Indexed[] = []
const include = () => {
  if (waiting.length === 0 && dead.length === 0) return
  const more = opened(buildSegment(waiting))
  waiting = []
  built = opened(mergeSegments(built, more, doc => dead[doc] !== 1))
  dead = new Uint8Array()
  // What was merged is as large as the result: without this, several of them would stand side by side for a while.
  Bun.gc(true)
}

self.onmessage = ({ data }: MessageEvent<BuildMessage>) => {
  if (data.kind === 'begin') {
    built = opened(data.segment)
    dead = data.dead
  } else if (data.kind === 'add') {
    waiting.push(...data.products)
    if (waiting.length >= mostAtOnce) include()
  } else {
    include()
    self.postMessage(built.buffer, [built.buffer])
  }
}
