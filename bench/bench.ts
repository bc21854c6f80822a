import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { released, type ServiceName } from '#shared/platform'
import { executableIn } from '../scripts/executable'
import { root } from '../scripts/install'
import { jsonLine } from '../scripts/log'
import { localEnvironment } from '../scripts/platform'
import { servicePort } from '../scripts/ports'
import { obtain } from '../scripts/servers/obtain'
import { programs } from '../scripts/servers/programs'
import { privateFolder } from '../scripts/servers/server'
import { testEnvironment } from '../scripts/service-environment'
import { processEnvironment } from '../scripts/service-process'
import { startStack } from '../scripts/stack'
import { readState } from '../scripts/state'
import { type Measured, markdown, rowText } from './report'
import { cart } from './rows/cart'
import { guarded } from './rows/guarded'
import { idle } from './rows/idle'
import { latency } from './rows/latency'
import { memory } from './rows/memory'
import { orders } from './rows/orders'
import { outbox } from './rows/outbox'
import { processor } from './rows/processor'
import { reads } from './rows/reads'
import type { Rows } from './rows/rows'
import { search } from './rows/search'
import { size } from './rows/size'
import { start } from './rows/start'
import { wholeOrders } from './rows/whole-orders'
import { login, post, type Shop } from './shop'

/** The order matters: memory is measured on a fresh stack, and the rows that fill the stores come last. */
const all: Record<string, Rows> = {
  memory,
  idle,
  start,
  reads,
  guarded,
  outbox,
  cart,
  orders,
  'whole-orders': wholeOrders,
  processor,
  latency,
  search,
  size,
}

const portBase = Number(process.env.BENCH_PORT_BASE || 28_000)

export async function bench(names: readonly string[]) {
  const unknown = names.filter(name => !(name in all))
  if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(', ')}; there are ${Object.keys(all).join(', ')}`)
  await obtain(['wrk'], { install: true, report: console.log })
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort(new Error('stopped before everything was measured')))

  const { shop, stop } = await openShop(interrupted.signal)
  const measured: Measured[] = []
  try {
    for (const [name, { needs, measure }] of Object.entries(all)) {
      if (names.length > 0 && !names.includes(name)) continue
      const absent = needs.filter(service => !released.some(one => one === service))
      if (absent.length > 0) {
        measured.push({ name, rows: [], skipped: `needs ${absent.join(', ')}, not released yet` })
        console.log(`- ${name}: skipped, needs ${absent.join(', ')}`)
        continue
      }
      const one: Measured = { name, rows: [] }
      measured.push(one)
      try {
        for await (const row of measure(shop)) {
          interrupted.signal.throwIfAborted()
          one.rows.push(row)
          console.log(rowText(row))
        }
      } catch (error) {
        interrupted.signal.throwIfAborted()
        one.skipped = `failed: ${error instanceof Error ? error.message : error}`
        console.error(`- ${name} ${one.skipped}`)
      }
    }
  } finally {
    await stop()
  }
  const file = names.length > 0 ? join(root, '.data/bench-some.md') : join(import.meta.dir, 'results.md')
  const paths = { nginx: programs.nginx(), mysql: programs.mysql(), mongo: programs.mongo(), redis: programs.redis() }
  await Bun.write(file, markdown(measured, paths))
  console.log(`written to ${file}`)
}

/** A stack of its own, with empty stores and with rate limits that no load reaches. */
async function openShop(interrupted: AbortSignal): Promise<{ shop: Shop; stop: () => Promise<void> }> {
  const dir = join(root, '.data/bench')
  const log = createWriteStream(join(privateFolder(root, '.data'), 'bench.log'))
  const env = { ...testEnvironment(), NODE_ENV: 'production' }
  const { servers, secrets, gateway, stop } = await startStack({
    ...{ dir, portBase, env, fresh: true, install: true, withPlatform: true, interrupted },
    report: console.log,
    onLog: (name, line) => void log.write(`${jsonLine(name, line)}\n`),
  })
  const customer = { email: 'bench@shop.example', username: 'bench', password: 'a bench password', full_name: 'Bench' }
  await post(`${gateway}/auth/register`, customer)
  const pidsOf = (wanted: (name: string) => boolean) =>
    (readState(dir)?.members ?? []).filter(({ name }) => wanted(name)).map(({ pid }) => pid)
  const shop: Shop = {
    gateway,
    servers,
    dir,
    urlOf: service => `http://127.0.0.1:${servicePort(portBase, service)}`,
    command: name => [executableIn(dir), name],
    environment: (service: ServiceName) => ({
      ...processEnvironment,
      ...localEnvironment(service, { dir, portBase, env }, servers, secrets),
    }),
    admin: () => login(gateway, secrets.ADMIN_EMAIL, secrets.ADMIN_PASSWORD),
    customer: () => login(gateway, customer.email, customer.password),
    members: () => readState(dir)?.members ?? [],
    pids: () => ({ services: pidsOf(name => released.some(service => service === name)), all: pidsOf(() => true) }),
  }
  return { shop, stop }
}
