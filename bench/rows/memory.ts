import { released, type ServiceName } from '#shared/platform'
import { servicePort } from '../../scripts/ports'
import { pss, withChildren } from '../../scripts/processes'
import { until } from '../../scripts/until'
import { startBare, startProcess } from '../bare/process'
import { mib, within } from '../measure'
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
    const { pids, members } = shop
    await Bun.sleep(shrunkMs)
    const shrunk = await pss(pids().services)
    await Bun.sleep(settleMs - shrunkMs)
    const isService = ({ name }: { name: string }) => released.some(one => one === name)
    const each = await Promise.all(
      members()
        .filter(isService)
        .map(async ({ name, pid }) => ({ name, size: await pss([pid]) })),
    )
    const services = each.reduce((sum, { size }) => sum + size, 0)
    const everything = await pss(withChildren(pids().all))
    const hellos = await Promise.all(released.map(() => startBare('hello')))
    try {
      await Bun.sleep(15_000)
      const what = `memory of ${released.length} idle services (PSS)`
      const against = 'as many hello apps'
      const largest = each.toSorted((a, b) => b.size - a.size).map(({ name, size }) => `${name} ${mib(size)}`)
      const costs = `half a minute after the start it was ${mib(shrunk)}; of what it is now, ${largest.join(', ')}`
      const limit = await pss(hellos.map(({ pid }) => pid))
      yield within(450, { what, against, costs, ours: services, limit, show: mib })
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
