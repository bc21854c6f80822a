import { mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFree, ownerOf } from '../ports'

/** A process of ours that answers: a database, the broker, Nginx, or one of the shop's services. */
export type Server = {
  name: string
  url: string
  pid: number
  /** A helper process that goes with it. */
  helper?: number
  /** Settles when the process is gone, wanted or not. */
  exited: Promise<unknown>
  /** Ends it in order; what does not obey within its time is killed. */
  stop(): Promise<void>
  /** Ends it as a crash would. */
  kill(): Promise<void>
}

export type ServerOptions = { dir: string; port: number }

type Launch = {
  name: string
  port: number
  url: string
  command: string[]
  env?: Record<string, string | undefined>
  cwd?: string
  /** A file that takes the output, or a function that gets every line of it. */
  output: string | ((line: string) => void)
  /** Throws or answers false until the server does its work. */
  ready: () => Promise<boolean>
  readyWithinMs?: number
  stopSignal?: NodeJS.Signals
  stopWithinMs?: number
}

export async function launch({ readyWithinMs = 60_000, stopWithinMs = 20_000, stopSignal = 'SIGTERM', ...what }: Launch): Promise<Server> {
  const { name, output, port } = what
  // Else whoever sits there would answer in its place.
  if (!isFree(port)) throw new Error(`${name} did not start: port ${port} is in use by ${ownerOf(port)}`)
  const toFile = typeof output === 'string'
  const sink = toFile ? openSync(output, 'a') : 'pipe'
  // A process group of its own: the terminal's Ctrl-C reaches the launcher alone, which then stops all in order.
  const child = Bun.spawn(what.command, {
    cwd: what.cwd ?? process.cwd(),
    env: { ...process.env, ...what.env },
    stdio: ['ignore', sink, sink],
    detached: true,
  })
  const streams = [child.stdout, child.stderr].filter(stream => stream instanceof ReadableStream)
  const read = toFile ? [] : streams.map(stream => eachLine(stream, output))
  const exited = child.exited.then(() => Promise.all(read))

  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  const stop = async () => {
    child.kill(stopSignal)
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await exited
    clearTimeout(timer)
  }

  try {
    await until(what.ready, readyWithinMs, () => child.exitCode !== null || child.signalCode !== null)
  } catch (error) {
    await kill()
    const reason = toFile ? `\n${lastLines(output)}\n(all of it: ${output})` : ''
    throw new Error(`${name} did not start: ${error instanceof Error ? error.message : error}${reason}`)
  }
  return { name, url: what.url, pid: child.pid, exited, stop, kill }
}

async function until(ready: () => Promise<boolean>, withinMs: number, ended: () => boolean) {
  const deadline = Date.now() + withinMs
  for (;;) {
    if (await ready().catch(() => false)) return
    if (ended()) throw new Error('the process ended')
    if (Date.now() > deadline) throw new Error(`no answer within ${withinMs / 1000} s`)
    await Bun.sleep(25)
  }
}

/** Sends bytes to a port and tells whether the answer begins as it should. */
export async function answers(port: number, question: string, beginning: string) {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      open: socket => void socket.write(Buffer.from(question, 'latin1')),
      data: (_, data) => resolve(data.toString('latin1').startsWith(beginning)),
      close: () => resolve(false),
      error: () => resolve(false),
    },
  })
  const timer = setTimeout(() => resolve(false), 1000)
  const answered = await promise
  clearTimeout(timer)
  socket.end()
  return answered
}

/** The folder and what lies in it, for its owner alone. */
export function privateFolder(...path: string[]) {
  const folder = join(...path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

async function eachLine(stream: ReadableStream<Uint8Array>, take: (line: string) => void) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(take)
  }
  if (rest) take(rest)
}

export const lastLines = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n')
