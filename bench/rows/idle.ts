import { released } from '#shared/platform'
import { ms, type Row, within } from '../measure'
import { difference, processorTimes } from '../shop'
import type { Rows } from './rows'

/** By then a service has noticed that nobody uses it. */
const settleMs = 30_000
const minuteMs = 60_000

/** Processor time of a minute in which nobody uses the shop, by process. */
export const idle: Rows = {
  needs: [],
  async *measure(shop): AsyncGenerator<Row> {
    await Bun.sleep(settleMs)
    const before = processorTimes(shop)
    await Bun.sleep(minuteMs)
    const spent = difference(processorTimes(shop), before)
    const [services = [], servers = []] = [true, false].map(isService =>
      Object.entries(spent).filter(([name]) => released.some(service => service === name) === isService),
    )
    const sum = (some: typeof services) => some.reduce((total, [, used]) => total + used, 0)
    const each = (some: typeof services) =>
      some
        .toSorted(([, a], [, b]) => b - a)
        .map(([name, used]) => `${name} ${ms(used)}`)
        .join(', ')
    yield within(2200, { what: 'processor time of all services in an idle minute', ours: sum(services), costs: each(services) })
    yield within(900, { what: 'processor time of the servers in an idle minute', ours: sum(servers), costs: each(servers) })
  },
}
