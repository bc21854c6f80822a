import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export interface Row {
  what: string
  /** What was measured, and what it is held against. */
  ours: string
  limit: string
  /** Of the two, and what it should be. */
  result: string
  goal: string
  met: boolean
  why?: string
}

/** Alternates the two sides, so that what the machine does besides falls on both; medians of the rounds. */
export const pair = async (ours: () => Promise<number>, limit: () => Promise<number>, rounds = 3) => {
  const sides: { ours: number[]; limit: number[] } = { ours: [], limit: [] }
  await ours()
  await limit()
  for (let round = 0; round < rounds; round++) {
    sides.limit.push(await limit())
    sides.ours.push(await ours())
  }
  return { ours: median(sides.ours), limit: median(sides.limit) }
}

interface Load {
  connections?: number
  seconds?: number
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** Requests a second by wrk; anything but 2xx fails the row, since refusals are quick. */
export const rate = async (
  url: string,
  { connections = 32, seconds = 4, method = 'GET', headers = {}, body }: Load = {},
): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const script = join(folder, 'load.lua')
    const lines = [
      `wrk.method = ${JSON.stringify(method)}`,
      ...Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`),
    ]
    if (body !== undefined) lines.push(`wrk.body = ${JSON.stringify(body)}`)
    await Bun.write(script, lines.join('\n'))
    const run = Bun.spawn(['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url], { stdout: 'pipe', stderr: 'pipe' })
    const text = await new Response(run.stdout).text()
    if ((await run.exited) !== 0) throw new Error(`wrk failed on ${url}: ${await new Response(run.stderr).text()}`)
    const refused = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1]
    if (refused) throw new Error(`${refused} requests to ${url} were refused`)
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs `act` so many times, so many at once, and gives how long each took in ms; `perSecond` spaces the starts. */
export const timed = async (
  act: (index: number) => Promise<void>,
  { times, atOnce = 16, perSecond }: { times: number; atOnce?: number; perSecond?: number },
) => {
  const took: number[] = []
  const began = performance.now()
  const one = async (index: number) => {
    const start = performance.now()
    await act(index)
    took.push(performance.now() - start)
  }
  if (perSecond) {
    const all: Promise<void>[] = []
    for (let index = 0; index < times; index++) {
      const due = began + (index * 1000) / perSecond
      if (due > performance.now()) await Bun.sleep(due - performance.now())
      all.push(one(index))
    }
    await Promise.all(all)
  } else {
    let next = 0
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < times) await one(next++)
      }),
    )
  }
  return { took, perSecond: times / ((performance.now() - began) / 1000) }
}

/** Proportional set size in MiB: what a process costs, its share of what it has in common with others. */
export const pss = async (pids: readonly number[]): Promise<number> => {
  let kib = 0
  for (const pid of pids) kib += Number(/^Pss:\s+(\d+)/m.exec(await Bun.file(`/proc/${pid}/smaps_rollup`).text())?.[1] ?? 0)
  return kib / 1024
}

export const count = (value: number, unit = '/s') => `${value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1)}${unit}`
