import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { eachLine } from '../../scripts/lines'
import { eventually } from '../testing'

interface Line {
  level?: string
  msg?: string
  port?: number
}

/** Starts a minimal service as a process, and reads its output line by line. A line without `level` is no log line. */
export const startTestService = (env: Record<string, string>) => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'service.ts')], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: '0',
      INTERNAL_KEY: 'k'.repeat(32),
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
      ...env,
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const lines: Line[] = []
  const onLine = (text: string) => lines.push(text.startsWith('{') ? JSON.parse(text) : { msg: text })
  for (const output of [child.stdout, child.stderr]) void eachLine(output, onLine)
  return {
    process: child,
    lines,
    /** Resolves to its address once it answers. */
    ready: async () => {
      const { port } = await eventually(() => lines.find(({ msg }) => msg === 'ready'))
      return `http://127.0.0.1:${port}`
    },
  }
}
export type TestService = ReturnType<typeof startTestService>

/** A proxy in front of a server. While it is cut, the server is down for those that connect through it. */
export const openCable = async (url: string) => {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('error', () => {})
      socket.on('close', () => {
        other.destroy()
        sockets.delete(socket)
      })
    }
  })
  const listen = (port: number) => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: Object.assign(new URL(url), { port: `${port}`, hostname: '127.0.0.1' }).href,
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
    mend: () => listen(port),
  }
}
