import { released, type ServiceName } from '#shared/platform'
import { servicePort } from '../../scripts/ports'
import { pss, withChildren } from '../../scripts/processes'
import { until } from '../../scripts/until'
import { startBare, startProcess } from '../bare/process'
import { atMost, mib, within } from '../measure'
import type { Shop } from '../shop'
import type { Rows } from './rows'

/** A process gives back the memory of its start once it has been quiet for ten seconds. What it does once a minute then takes some of it again. */
const shrunkMs = 30_000
const settleMs = 90_000

/** Starts all services again, in one process, on the same databases. */
const startAll = async ({ command, environment, dir, servers }: Shop) => {
  const env = environment('user')
  const portBase = Number(env.PORT_BASE) + 100
  const readyAt = (service: ServiceName) => `http://127.0.0.1:${servicePort(portBase, service)}/ready`
  const one = await startProcess(command('all'), {
    url: readyAt('user'),
    env: { ...env, PORT_BASE: `${portBase}`, SECRETS_DIR: dir, MYSQL_URL: servers.mysql, MONGO_URL: servers.mongo },
    ready: answer => answer.ok,
  })
  const isReady = (service: ServiceName) =>
    fetch(readyAt(service))
      .then(answer => answer.ok)
      .catch(() => false)
  for (const service of released) await until(`the start of ${service} in one process`, () => isReady(service))
  return one
}

/** Memory while nothing happens. */
export const memory: Rows = {
  needs: [],
  async *measure(shop) {
    const { pids } = shop
    await Bun.sleep(shrunkMs)
    const shrunk = await pss(pids().services)
    await Bun.sleep(settleMs - shrunkMs)
    const services = await pss(pids().services)
    const everything = await pss(withChildren(pids().all))
    const hellos = await Promise.all(released.map(() => startBare('hello')))
    try {
      await Bun.sleep(15_000)
      const what = `memory of ${released.length} idle services (PSS)`
      const against = 'as many hello apps'
      const costs = `half a minute after the start it was ${mib(shrunk)}; what is done once a minute is then compiled again. A hello app is 10 MiB; bundled, the drivers are 12 (MongoDB), 6 (MySQL, with Kysely), 3 (Redis) and 1 (RabbitMQ) more in each process, the log 1, and what is compiled to machine code 4. 450 MiB would take one driver less in each process`
      const limit = await pss(hellos.map(({ pid }) => pid))
      yield atMost(1.2, { what, against, costs, ours: services, limit, show: mib }, 450)
    } finally {
      await Promise.all(hellos.map(hello => hello.stop()))
    }
    yield within(800, {
      ...{ what: 'memory of everything idle, databases included', ours: everything, show: mib },
      costs: 'a process for each service, then RabbitMQ, MongoDB and MySQL with their buffers',
    })
    const one = await startAll(shop)
    try {
      await Bun.sleep(settleMs)
      const together = await pss([one.pid])
      const costs = 'every service’s routes and schemas compiled, and each with its own connections'
      yield within(160, { what: `memory of all ${released.length} services in one process, idle`, ours: together, show: mib, costs })
      const what = 'memory of everything idle, all services in one process'
      yield within(500, { what, ours: everything - services + together, show: mib, costs: 'RabbitMQ, MongoDB and MySQL are most of it' })
    } finally {
      await one.stop()
    }
  },
}
