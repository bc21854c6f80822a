/**
 * Repeats a step while it finds a whole batch, `most` times at most: nobody waits long for the sweep, and the next one continues.
 */
export const inBatches = async (batch: number, step: () => Promise<number | bigint>, most = 100): Promise<void> => {
  for (let done = 0; done < most; done++) if ((await step()) < batch) return
}

/** Does `work` on every row, `lanes` rows at a time. A row that fails is reported and stops no other; the next sweep finds it again. */
export const eachIsolated = async <Row>(
  rows: readonly Row[],
  work: (row: Row) => Promise<unknown>,
  onError: (error: unknown, row: Row) => void,
  lanes = 1,
): Promise<void> => {
  const queue = rows.values()
  const lane = async () => {
    for (const row of queue) {
      try {
        await work(row)
      } catch (error) {
        onError(error, row)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, rows.length) }, lane))
}
