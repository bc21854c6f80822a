import type { ServiceName } from '#shared/platform'
import { root } from './install'
import { launch } from './servers/server'

type Instance = {
  service: ServiceName
  port: number
  name: string
  env: Record<string, string | undefined>
  line: (name: string, line: string) => void
}

/** One instance of one service, ready when it says so itself. */
export const startService = ({ service, port, name, env, line }: Instance) => {
  const url = `http://127.0.0.1:${port}`
  return launch({
    name,
    port,
    url,
    command: [process.execPath, `services/${service}/main.ts`],
    cwd: root,
    // Elsewhere Elysia writes the whole input into each validation error.
    env: { NODE_ENV: 'production', ...env, PORT: `${port}` },
    output: text => line(name, text),
    ready: async () => (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) })).ok,
    readyWithinMs: 30_000,
  })
}
