/** Waits until `check` stops throwing and stops answering false or undefined, and gives what it answered. */
export const eventually = async <T>(check: () => T | Promise<T>, { timeoutMs = 5000, everyMs = 10 } = {}): Promise<NonNullable<T>> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let last: unknown = 'it never became true'
    try {
      const value = await check()
      if (value !== false && value !== undefined && value !== null) return value
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) throw last instanceof Error ? last : new Error(`waited ${timeoutMs} ms: ${last}`)
    await Bun.sleep(everyMs)
  }
}
