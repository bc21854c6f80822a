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
    const services = new Set(shop.pids().services)
    const sum = (isService: boolean) =>
      shop.members().reduce((total, { name, pid }) => (services.has(pid) === isService ? total + (spent[name] ?? 0) : total), 0)
    const each = (isService: boolean) =>
      shop
        .members()
        .filter(({ pid }) => services.has(pid) === isService)
        .map(({ name }) => ({ name, used: spent[name] ?? 0 }))
        .toSorted((a, b) => b.used - a.used)
        .map(({ name, used }) => `${name} ${ms(used)}`)
        .join(', ')
    yield within(2200, { what: 'processor time of all services in an idle minute', ours: sum(true), costs: each(true) })
    yield within(900, { what: 'processor time of the servers in an idle minute', ours: sum(false), costs: each(false) })
  },
}
