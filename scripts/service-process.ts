import type { Environment } from '#shared/config'
import type { ServiceName } from '#shared/platform'
import { root } from './install'
import { launch } from './servers/server'

type Instance = {
  service: ServiceName
  port: number
  name: string
  env: Environment
  onLog: (name: string, line: string) => void
}

/** Starts one instance of a service and resolves once its `/ready` says that it is ready. */
export const startService = ({ service, port, name, env, onLog }: Instance) => {
  const url = `http://127.0.0.1:${port}`
  return launch({
    name,
    port,
    url,
    // Bun would load the launcher's .env, which may contain the secrets of all services.
    command: [process.execPath, '--no-env-file', `services/${service}/main.ts`],
    cwd: root,
    // Outside of production Elysia copies the whole input into each validation error.
    env: { NODE_ENV: 'production', ...env, PORT: `${port}` },
    output: line => onLog(name, line),
    ready: async () => (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) })).ok,
    readyTimeoutMs: 30_000,
  })
}
