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
let waiting: Indexed[] = []
const include = () => {
  if (waiting.length > 0) built = opened(mergeSegments(built, opened(buildSegment(waiting)), () => true))
  waiting = []
}

self.onmessage = ({ data }: MessageEvent<BuildMessage>) => {
  if (data.kind === 'begin') {
    const { dead } = data
    built = opened(mergeSegments(opened(data.segment), emptySegment(), doc => dead[doc] === 0))
  } else if (data.kind === 'add') {
    waiting.push(...data.products)
    if (waiting.length >= mostAtOnce) include()
  } else {
    include()
    self.postMessage(built.buffer, [built.buffer])
  }
}
