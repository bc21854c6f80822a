export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export interface Row {
  what: string
  /** What was measured, and what it is compared with. */
  ours: string
  limit: string
  /** The ratio of the two, and its goal. */
  result: string
  goal: string
  met: boolean
  /** Where the time or the memory goes; reported when the goal is missed. */
  costs: string
}

interface Sides {
  ours: number
  limit: number
}

/** Measures both sides in turns, so that other load on the machine affects both. Gives the medians of the rounds, after one to warm up. */
export const pair = async (ours: () => Promise<number>, limit: () => Promise<number>, rounds = 3): Promise<Sides> => {
  const sides: { ours: number[]; limit: number[] } = { ours: [], limit: [] }
  await ours()
  await limit()
  for (let round = 0; round < rounds; round++) {
    sides.limit.push(await limit())
    sides.ours.push(await ours())
  }
  return { ours: median(sides.ours), limit: median(sides.limit) }
}

interface Pair extends Sides {
  what: string
  against: string
  costs: string
  show?: (value: number) => string
}

/** A rate, which should be at least `goal` times its limit. */
export const atLeast = (goal: number, { what, against, costs, ours, limit, show = perSecond }: Pair): Row => ({
  ...{ what, costs, ours: show(ours), limit: `${show(limit)} · ${against}` },
  ...{ result: (ours / limit).toFixed(2), goal: `≥ ${goal.toFixed(2)}`, met: ours / limit >= goal },
})

/** A time or a size, which should be at most `goal` times its limit. */
export const atMost = (goal: number, { what, against, costs, ours, limit, show = ms }: Pair): Row => ({
  ...{ what, costs, ours: show(ours), limit: `${show(limit)} · ${against}` },
  ...{ result: `${(ours / limit).toFixed(2)} ×`, goal: `≤ ${goal.toFixed(2)} ×`, met: ours / limit <= goal },
})

/** A figure that has a goal of its own. Beside it may stand what it is compared with. */
export const within = (
  goal: number,
  { what, ours, costs, show = ms, ...beside }: Omit<Pair, 'limit' | 'against'> & Partial<Pick<Pair, 'limit' | 'against'>>,
): Row => ({
  ...{ what, costs, ours: show(ours), limit: beside.limit === undefined ? '–' : `${show(beside.limit)} · ${beside.against}` },
  ...{ result: show(ours), goal: `≤ ${show(goal)}`, met: ours <= goal },
})

const digits = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2))
export const perSecond = (value: number) => `${digits(value)}/s`
export const ms = (value: number) => `${digits(value)} ms`
export const mib = (value: number) => `${Math.round(value)} MiB`
