import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { root } from './install'

const withinMs = 60 * 60_000

interface Options {
  cwd?: string
  env?: Record<string, string | undefined>
  timeoutMs?: number
  /** Keeps a look that is repeated out of the log. */
  unlogged?: boolean
}

/** For checks that take minutes: what they do is shown in a line each, and the whole output of every command goes to a log. */
export const longRun = (logFile: string) => {
  const began = performance.now()
  mkdirSync(dirname(logFile), { recursive: true })
  const log = createWriteStream(logFile)
  let current: Bun.Subprocess | undefined
  // Whoever interrupts the check ends the command that it waits for.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => current?.kill('SIGKILL'))

  const report = (line: string) => {
    const minutes = ((performance.now() - began) / 60_000).toFixed(1)
    console.log(`${minutes.padStart(5)} min  ${line}`)
    log.write(`=== ${minutes} min: ${line}\n`)
  }

  /** Runs a command, its output in the log, and gives what it wrote; an error names the command and its last lines. */
  const run = async (
    command: readonly string[],
    { cwd = root, env = process.env, timeoutMs = withinMs, unlogged = false }: Options = {},
  ): Promise<string> => {
    if (!unlogged) log.write(`$ ${command.join(' ')}\n`)
    const child = Bun.spawn([...command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    current = child
    let output = ''
    const collect = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder()
      for await (const bytes of stream) {
        const text = decoder.decode(bytes, { stream: true })
        output += text
        if (!unlogged) log.write(text)
      }
    }
    await Promise.all([collect(child.stdout), collect(child.stderr)])
    if ((await child.exited) !== 0) {
      const last = output.trim().split('\n').slice(-40).join('\n')
      throw new Error(`failed: ${command.join(' ').slice(0, 200)}\n${last}\nThe whole output: ${logFile}`)
    }
    return output
  }

  return { report, run, end: (code: number) => log.end(() => process.exit(code)) }
}
export type LongRun = ReturnType<typeof longRun>
