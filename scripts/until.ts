interface Wait {
  timeoutMs?: number
  everyMs?: number
}

/** Waits until `check` answers true, and throws after `timeoutMs`. An error of `check` ends the wait at once. */
export async function until(what: string, check: () => boolean | Promise<boolean>, { timeoutMs = 60_000, everyMs = 20 }: Wait = {}) {
  const deadline = Date.now() + timeoutMs
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what} took longer than ${timeoutMs / 1000} s`)
    await Bun.sleep(everyMs)
  }
}
