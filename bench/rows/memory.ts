import { released } from '#shared/services'
import { startBare } from '../bare/process'
import { atMost, mib, within } from '../measure'
import { pss, withChildren } from '../processes'
import type { Rows } from './rows'

/** What everything costs when nothing happens. */
export const memory: Rows = {
  needs: [],
  async *measure({ pids }) {
    await Bun.sleep(5000)
    const services = await pss(pids().services)
    const everything = await pss(withChildren(pids().all))
    const hellos = await Promise.all(released.map(() => startBare('hello')))
    try {
      await Bun.sleep(2000)
      const limit = await pss(hellos.map(({ pid }) => pid))
      const what = `memory of ${released.length} idle services (PSS)`
      const against = 'as many hello apps'
      const costs = 'the drivers of MySQL, MongoDB, Redis and RabbitMQ and the schemas that each process compiles'
      yield atMost(1.2, { what, against, costs, ours: services, limit, show: mib }, 450)
    } finally {
      await Promise.all(hellos.map(hello => hello.stop()))
    }
    const costs = 'RabbitMQ and MySQL with their buffers, before the services'
    yield within(800, { what: 'memory of everything idle, databases included', ours: everything, show: mib, costs })
  },
}
