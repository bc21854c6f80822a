import type { Environment } from '#shared/config'
import type { ServiceName } from '#shared/platform'
import { root } from './install'
import { launch } from './servers/server'

type Instance = {
  executable: string
  service: ServiceName
  port: number
  name: string
  env: Environment
  onLog: (name: string, line: string) => void
}

/** How every service runs, here and in the image. */
export const processEnvironment = {
  // Outside of production Elysia copies the whole input into each validation error.
  NODE_ENV: 'production',
  // A function is compiled to machine code after some 300 calls instead of 30. What runs less often, such as most of a start, stays bytecode.
  BUN_JSC_thresholdForJITAfterWarmUp: '5000',
  // The most costly compiler takes a function after ten times as many calls as it would. Until then it cost more than it gained: of the first 800
  // orders, 22.5 ms each instead of 19.4. With twenty times, the slowest searches took 18 to 21 ms instead of 13 to 15.
  BUN_JSC_thresholdForFTLOptimizeAfterWarmUp: '1000000',
  // Ten times a second, Bun's allocator would look for memory to give back, for a third of what an idle service costs.
  MIMALLOC_PURGE_HOLES_MIN_INTERVAL: '10000',
}

/** Starts one instance of a service and resolves once its `/ready` says that it is ready. */
export async function startService({ executable, service, port, name, env, onLog }: Instance) {
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
      command: [executable, service],
      cwd: root,
      env: { ...processEnvironment, ...env, PORT: `${port}` },
      output,
      ready: async () => (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) })).ok,
      readyTimeoutMs: 30_000,
    })
  } catch (error) {
    throw new Error([error instanceof Error ? error.message : error, ...text].join('\n'))
  }
}
