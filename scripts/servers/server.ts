import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '#shared/config'
import { eachLine } from '../lines'
import { isFree, ownerOf } from '../ports'
import { serverEnvironment } from '../service-environment'
import { until } from '../until'

/** A running process that answers requests: a database, the broker, Nginx, or one of the shop's services. */
export type Server = {
  name: string
  url: string
  pid: number
  /** A helper process that ends with it. */
  helper?: number
  /** Resolves when the process has ended, however it ended. */
  exited: Promise<unknown>
  /** Asks it to end, and kills it if it takes too long. */
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
  /** The whole environment of the process. */
  env?: Environment
  cwd?: string
  /** A file for the output, or a function that receives each line of it. */
  output: string | ((line: string) => void)
  /** Throws or answers false until the server works. */
  ready: () => Promise<boolean>
  readyTimeoutMs?: number
  stopTimeoutMs?: number
}

/** Starts a process and resolves once it is ready. */
export async function launch({
  readyTimeoutMs = 60_000,
  stopTimeoutMs = 20_000,
  env = serverEnvironment(),
  ...options
}: Launch): Promise<Server> {
  const { name, output, port, url } = options
  // Otherwise the process that already listens there would answer in its place.
  if (!isFree(port)) throw new Error(`${name} did not start: port ${port} is in use by ${ownerOf(port)}`)
  const file = typeof output === 'string' ? openSync(output, 'a') : undefined
  const child = Bun.spawn(options.command, {
    cwd: options.cwd ?? process.cwd(),
    env,
    stdio: ['ignore', file ?? 'pipe', file ?? 'pipe'],
    // A process group of its own: Ctrl-C in the terminal reaches the launcher alone, which then stops everything in order.
    detached: true,
  })
  if (file !== undefined) closeSync(file)
  const streams = [child.stdout, child.stderr].filter(stream => stream instanceof ReadableStream)
  const reading = typeof output === 'string' ? [] : streams.map(stream => eachLine(stream, output))
  const exited = child.exited.then(() => Promise.all(reading))

  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    await exited
    clearTimeout(timer)
  }

  const isReady = async () => {
    if (await options.ready().catch(() => false)) return true
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the process ended')
    return false
  }
  try {
    await until('its first answer', isReady, { timeoutMs: readyTimeoutMs, everyMs: 25 })
  } catch (error) {
    await kill()
    const words = typeof output === 'string' ? `\n${lastLines(output)}\n(the whole log: ${output})` : ''
    throw new Error(`${name} did not start: ${error instanceof Error ? error.message : error}${words}`)
  }
  return { name, url, pid: child.pid, exited, stop, kill }
}

/** Sends bytes to a port, and returns whether the answer begins with the expected ones. */
export async function answersWith(port: number, question: string, beginning: string) {
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

/** Makes a folder that only its owner may enter. */
export function privateFolder(...path: string[]) {
  const folder = join(...path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

export const lastLines = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n')
