import type { DeadLetter, TimelineEntry } from '../../sdk/src/api/model.ts'

/** A line of an order's story: a fact, or a message that was given up. */
export type Step = { at: string; gapMs: number | undefined } & (
  | { kind: 'fact'; fact: TimelineEntry }
  | { kind: 'letter'; letter: DeadLetter }
)

/** Everything in the order in which it happened, each with how long it took after the one before. */
export const stepsOf = (facts: readonly TimelineEntry[], letters: readonly DeadLetter[]): Step[] => {
  const all = [
    ...facts.map(fact => ({ kind: 'fact' as const, at: fact.time, fact })),
    ...letters.map(letter => ({ kind: 'letter' as const, at: letter.failed_at ?? '', letter })),
  ]
  // Stable: facts of the same millisecond stay as the order service wrote them.
  const sorted = all.toSorted((a, b) => (a.at || '9').localeCompare(b.at || '9'))
  return sorted.map((step, index) => {
    const before = sorted[index - 1]?.at
    return { ...step, gapMs: before && step.at ? Math.max(0, Date.parse(step.at) - Date.parse(before)) : undefined }
  })
}

const isPlain = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** What a fact says, in a few words: its plain fields. */
export const gist = (data: unknown): string =>
  Object.entries(typeof data === 'object' && data !== null ? data : {})
    .filter(([name, value]) => name !== 'order_id' && name !== 'user_id' && isPlain(value) && String(value).length <= 40)
    .slice(0, 6)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value).replaceAll('_', ' ')}`)
    .join(' · ')
