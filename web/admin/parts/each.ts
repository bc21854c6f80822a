import { ShopError } from '../../../sdk/src/error.ts'

/** What became of each of several rows. */
export interface Outcome {
  done: string[]
  /** No longer there. */
  gone: string[]
  /** The shop's rules are against it. */
  refused: string[]
  /** Not done yet: those that failed, and those after them that were not tried. */
  left: string[]
  /** Why not. */
  failure: ShopError | undefined
}

/** A fault of the shop may concern one row alone. Without an answer or a right, or after too many requests, the next row would fare no better. */
const isOfOneRow = ({ status }: ShopError) => status >= 500 && ![502, 503, 504].includes(status)

/** Acts on each, one after another. */
export async function onEach(ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<Outcome> {
  const outcome: Outcome = { done: [], gone: [], refused: [], left: [], failure: undefined }
  for (const [at, id] of ids.entries()) {
    try {
      await act(id)
      outcome.done.push(id)
    } catch (error) {
      if (!(error instanceof ShopError)) throw error
      if (error.status === 404) outcome.gone.push(id)
      else if (error.status === 409) outcome.refused.push(id)
      else {
        outcome.failure ??= error
        if (!isOfOneRow(error)) return { ...outcome, left: [...outcome.left, ...ids.slice(at)] }
        outcome.left.push(id)
      }
    }
  }
  return outcome
}

/** "3 cancelled. 1 cannot be cancelled; it stays selected." */
export const told = ({ done, gone, refused, left }: Outcome, word: string): string => {
  const stay = (count: number) => (count === 1 ? 'it stays selected' : 'they stay selected')
  return [
    `${done.length} ${word}.`,
    gone.length > 0 && `${gone.length} no longer there.`,
    refused.length > 0 && `${refused.length} cannot be ${word}; ${stay(refused.length)}.`,
    left.length > 0 && `${left.length} not ${word} yet; ${stay(left.length)}.`,
  ]
    .filter(Boolean)
    .join(' ')
}
