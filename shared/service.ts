import type { AnyElysia } from 'elysia'
import { type Environment, readConfig } from './config'
import { within } from './deadline'
import { docs } from './docs'
import { otherMethods } from './http/methods'
import { type Kernel, openKernel } from './kernel'
import { createLog } from './log'
import type { ServiceName } from './platform'
import { startRegistration } from './registry'
import { ops } from './service/ops'
import { second } from './time'

export type { Kernel }

/** How long a stopping service still answers, asking its callers to connect elsewhere. */
const lingerMs = 300
const drainMs = 10 * second

/**
 * Starts a service: opens what its wiring asks for, listens, registers, and stops in order on SIGTERM or SIGINT. It accepts no request
 * before everything is ready, and answers every request that it accepted. A service that cannot start logs one line and ends the process.
 */
export const runService = (service: ServiceName, wire: (kernel: Kernel) => Promise<AnyElysia>, env?: Environment) =>
  start(service, wire, env).catch(error => {
    createLog(service, 'info').fatal({ err: error }, error instanceof Error ? error.message : 'the service could not start')
    process.exit(1)
  })

/** Refuses a route that does not say who may call it, since everybody could. */
const withAccess = (app: AnyElysia): AnyElysia => {
  const open = app.routes.filter(({ hooks }) => !hooks.detail?.['x-auth']).map(({ method, path }) => `${method} ${path}`)
  if (open.length > 0) throw new Error(`give these routes auth, guest, public or internal: ${open.join(', ')}`)
  return app
}

const start = async (service: ServiceName, wire: (kernel: Kernel) => Promise<AnyElysia>, env?: Environment) => {
  const config = readConfig(service, env)
  const { kernel, checks, caughtUp, beginDraining, close } = await openKernel(config)
  const { log, metrics, http, redis } = kernel
  const routes = withAccess(await wire(kernel))
  const app = http('').use(ops({ config, metrics, checks })).use(docs(service)).use(routes).use(otherMethods(http, routes))
  await caughtUp
  const server = Bun.serve({
    port: config.port,
    hostname: config.host,
    reusePort: false,
    // Longer than the gateway keeps a connection, so that the service is never the first to close it.
    idleTimeout: 60,
    maxRequestBodySize: 65 * 1024 * 1024,
    fetch: app.fetch,
  })
  app.server = server
  const port = server.port ?? config.port
  const registration = await startRegistration({
    redis,
    service,
    address: { host: config.advertiseHost, port },
    version: config.version,
    log,
  })
  log.info({ port }, 'ready')

  const drain = async () => {
    log.info('stopping')
    beginDraining()
    await registration.stop()
    await Bun.sleep(lingerMs)
    await within(drainMs, server.stop())
    await server.stop(true)
    await close()
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal)
    log.info('stopped')
  }
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= drain()
    return stopping
  }
  // Installed until everything is closed: without a handler, a second signal would end the process at once.
  const onSignal = () => {
    if (stopping) return
    // Even if something hangs, the process ends.
    setTimeout(() => process.exit(1), drainMs + 10 * second).unref()
    // Otherwise the process would live until the timer that bounds the draining.
    void stop().then(() => process.exit(0))
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  return { port, url: `http://${config.host}:${port}`, stop }
}
