import { minute } from '#shared/time'
import type { BuildMessage } from './build-worker'
import type { Indexed } from './domain'
import type { Merge } from './domain-index'
import { openSegment, type Segment } from './domain-segment'

/** Far longer than a million products take. */
const withinMs = 10 * minute

/**
 * Builds a segment in a thread of its own, which ends with it: a merge of 100,000 products takes a second of processor time, in which this
 * process goes on answering. Bun finds the thread's file beside this one, which is a `.ts` file or, in the executable, a `.js` file.
 */
export const buildIndex = async (
  merge: Pick<Merge, 'segment' | 'dead'> | undefined,
  batches: AsyncIterable<Indexed[]> | Iterable<Indexed[]>,
): Promise<Segment> => {
  const worker = new Worker(new URL('./build-worker', import.meta.url).href)
  const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>()
  // Rejected before anybody waits for it, it would end the process.
  promise.catch(() => {})
  worker.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => resolve(data)
  worker.onerror = ({ message }) => reject(new Error(`the index could not be built: ${message}`))
  const timer = setTimeout(() => reject(new Error('the index could not be built in time')), withinMs)
  const tell = (message: BuildMessage) => worker.postMessage(message)
  try {
    if (merge) tell({ kind: 'begin', ...merge })
    for await (const products of batches) tell({ kind: 'add', products })
    tell({ kind: 'finish' })
    const segment = openSegment(await promise)
    if (!segment) throw new Error('the index that was built cannot be read')
    return segment
  } finally {
    clearTimeout(timer)
    worker.terminate()
  }
}
