import type { Server } from './servers/server'

export type Supervised = { name: string; current: () => Server; stop: () => Promise<void> }

type Options = { report: (line: string) => void; onRestart?: () => void; firstPauseMs?: number; longestPauseMs?: number }

/** Starts a process and restarts it whenever it crashes, after a pause that doubles while it keeps failing. */
export async function supervise(start: () => Promise<Server>, options: Options): Promise<Supervised> {
  const { report, onRestart = () => {}, firstPauseMs = 500, longestPauseMs = 30_000 } = options
  let current = await start()
  let stopping = false
  const stopRequested = Promise.withResolvers<void>()
  const { name } = current

  const restart = async () => {
    try {
      current = await start()
      report(`${name} is running again, pid ${current.pid}`)
    } catch (error) {
      report(error instanceof Error ? error.message : String(error))
    }
    onRestart()
  }
  const watch = async () => {
    let pauseMs = firstPauseMs
    while (!stopping) {
      const since = Date.now()
      await current.exited
      if (stopping) return
      if (Date.now() - since > 2 * longestPauseMs) pauseMs = firstPauseMs
      report(`${name} ended unexpectedly; restarting it in ${pauseMs / 1000} s`)
      await Promise.race([Bun.sleep(pauseMs), stopRequested.promise])
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      if (stopping) return
      await restart()
    }
    // The stop came while the process was being restarted.
    await current.stop()
  }
  const watched = watch()

  const stop = async () => {
    stopping = true
    stopRequested.resolve()
    await current.stop()
    await watched
  }
  return { name, current: () => current, stop }
}
