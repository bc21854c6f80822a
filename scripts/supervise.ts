import type { Server } from './servers/server'

export type Kept = { name: string; current: () => Server; stop: () => Promise<void> }

export type KeepOptions = { tell: (line: string) => void; changed?: () => void; firstPauseMs?: number; longestPauseMs?: number }

/** Starts a process and starts it again whenever it ends unasked, after a pause that doubles while it keeps failing. */
export async function keep(start: () => Promise<Server>, options: KeepOptions): Promise<Kept> {
  const { tell, changed = () => {}, firstPauseMs = 500, longestPauseMs = 30_000 } = options
  let current = await start()
  let stopping = false
  const asked = Promise.withResolvers<void>()
  const { name } = current

  const watch = async () => {
    let pauseMs = firstPauseMs
    while (!stopping) {
      const since = Date.now()
      await current.exited
      if (stopping) return
      if (Date.now() - since > 2 * longestPauseMs) pauseMs = firstPauseMs
      tell(`${name} ended unasked, starting it again in ${pauseMs / 1000} s`)
      await Promise.race([Bun.sleep(pauseMs), asked.promise])
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      if (stopping) return
      await start().then(
        again => {
          current = again
          tell(`${name} is back, pid ${again.pid}`)
        },
        error => tell(error instanceof Error ? error.message : String(error)),
      )
      changed()
    }
    await current.stop()
  }
  const watched = watch()

  const stop = async () => {
    stopping = true
    asked.resolve()
    await current.stop()
    await watched
  }
  return { name, current: () => current, stop }
}
