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

/** Which the image sets, too (Dockerfile). */
const runtime = {
  // Outside of production Elysia copies the whole input into each validation error.
  NODE_ENV: 'production',
  // Ten times a second, Bun's allocator would look for memory to give back, for a third of what an idle service costs.
  MIMALLOC_PURGE_HOLES_MIN_INTERVAL: '10000',
}

/** Starts one instance of a service and resolves once its `/ready` says that it is ready. */
export async function startService({ service, port, name, env, onLog }: Instance) {
  const url = `http://127.0.0.1:${port}`
  // A crash writes its stack as text; what the service itself logs is JSON, and is shown by `onLog`.
  const text: string[] = []
  const output = (line: string) => {
    onLog(name, line)
    if (!line.startsWith('{') && text.push(line) > 10) text.shift()
  }
  try {
    return await launch({
      name,
      port,
      url,
      // Bun would load the launcher's .env, which may contain the secrets of all services.
      command: [process.execPath, '--no-env-file', `services/${service}/main.ts`],
      cwd: root,
      env: { ...runtime, ...env, PORT: `${port}` },
      output,
      ready: async () => (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) })).ok,
      readyTimeoutMs: 30_000,
    })
  } catch (error) {
    throw new Error([error instanceof Error ? error.message : error, ...text].join('\n'))
  }
}
