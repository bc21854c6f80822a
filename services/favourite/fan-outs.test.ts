import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createMetrics } from '#shared/metrics'
import { minute } from '#shared/time'
import type { FavouriteSql } from './database'
import { meterFanOuts } from './fan-out-metrics'
import { type TestFavourite, testFavourite } from './testing'

const batchSize = 7

let service: TestFavourite
beforeEach(async () => {
  service = await testFavourite({ batchSize })
})
afterEach(() => service.stop())

/** A product that so many users watch for a lower price; their ids have gaps. */
const watchedBy = async (watchers: number) => {
  const product = service.newProduct()
  const [first] = [await service.newUser()]
  await first.watch(product, { price_drop: true })
  const { db } = service.sql
  const { id: _, ...watch } = await db.selectFrom('watches').selectAll().executeTakeFirstOrThrow()
  const others = Array.from({ length: watchers - 1 }, (_, n) => ({ ...watch, user_id: 1000 + n * 3 }))
  if (others.length > 0) await db.insertInto('watches').values(others).execute()
  return product
}
const told = async () => (await service.told()).map(({ user_id, to }) => `${user_id}: ${to}`)
const untilDone = async (...instances: Pick<TestFavourite, 'fanOuts'>[]) => {
  while ((await service.fanOuts.waiting()).count > 0) await Promise.all(instances.map(({ fanOuts }) => fanOuts.run()))
}
/** The store of an instance that dies as often as this, each time before the commit of a transaction. */
const dying = (deaths: number): FavouriteSql => {
  let transactions = 0
  return {
    ...service.sql,
    transaction: work =>
      service.sql.transaction(async (trx, publish) => {
        const result = await work(trx, publish)
        if (++transactions % 2 === 0 && transactions / 2 <= deaths) throw new Error('the instance died')
        return result
      }),
  }
}

test('everybody who watches is told once, in batches, and the outbox has the version of each watch', async () => {
  const product = await watchedBy(100)
  await service.handle(service.change(product, { price: 90 }))
  await untilDone(service)
  const users = await told()
  expect([users.length, new Set(users).size]).toEqual([100, 100])
  const messages = await service.published('watch.triggered')
  expect(new Set(messages.map(({ aggregate }) => `${aggregate.id} ${aggregate.version}`)).size).toBe(100)
  expect(messages.every(({ aggregate }) => aggregate.version === 1)).toBe(true)
})

test('a fan-out goes on where the instance that did it died', async () => {
  const product = await watchedBy(40)
  await service.handle(service.change(product, { price: 90 }))
  const broken = service.start(dying(3))
  for (let run = 0; run < 3; run++) await broken.fanOuts.run()
  expect(service.warnings).toEqual(Array.from({ length: 3 }, () => 'a fan-out failed; it is tried again'))
  const before = await told()
  expect(before.length).toBeGreaterThan(0)
  expect(before.length).toBeLessThan(40)
  await untilDone(service)
  const all = await told()
  expect([all.length, new Set(all).size]).toEqual([40, 40])
})

test('three instances at once tell everybody once, change by change', async () => {
  const product = await watchedBy(60)
  const instances = [service.service, service.start(await service.open()), service.start(await service.open())]
  const messages = [90, 80, 70].map(price => service.change(product, { price }))
  for (const message of messages) await service.handle(message)
  await untilDone(...instances)
  const all = await told()
  expect([all.length, new Set(all).size]).toEqual([180, 180])
  for (const user of new Set(all.map(line => line.split(':')[0])))
    expect(all.filter(line => line.startsWith(`${user}:`))).toEqual([90, 80, 70].map(price => `${user}: ${price}`))
})

test('an event that several instances get at once is told once', async () => {
  const product = await watchedBy(5)
  const message = service.change(product, { price: 90 })
  await Promise.all(Array.from({ length: 6 }, () => service.handle(message)))
  await untilDone(service)
  expect(await told()).toHaveLength(5)
})

test('a watch that is removed while its change is told is told or not, and nothing fails', async () => {
  const product = await watchedBy(30)
  const users = await Promise.all(Array.from({ length: 8 }, () => service.newUser()))
  for (const user of users) await user.watch(product, { price_drop: true })
  await service.handle(service.change(product, { price: 90 }))
  const [answers] = await Promise.all([Promise.all(users.map(user => user.send('DELETE', `/${product}`))), untilDone(service)])
  expect(answers.map(({ status }) => status)).toEqual(users.map(() => 204))
  expect([new Set(await told()).size, service.warnings]).toEqual([(await told()).length, []])
  expect(await told()).toEqual(expect.arrayContaining(['1: 90', '1000: 90', '1084: 90']))
})

test('what waits is counted, with its age, and drift finds what waits too long', async () => {
  const metrics = createMetrics('favourite')
  meterFanOuts(metrics, service.fanOuts)
  const gauge = async (name: string) => Number(new RegExp(`^${name}{.*} (\\S+)$`, 'm').exec(await metrics.text())?.[1])
  const [since, until] = [new Date(Date.now() - 15 * minute), new Date(Date.now() + minute)]
  expect([await gauge('watch_fan_outs_waiting'), await gauge('watch_fan_out_oldest_age_seconds')]).toEqual([0, 0])
  const product = await watchedBy(1)
  await service.handle(service.change(product, { price: 90 }))
  await service.sql.db
    .updateTable('fan_outs')
    .set({ created_at: new Date(Date.now() - 20 * minute) })
    .execute()
  expect(await gauge('watch_fan_outs_waiting')).toBe(1)
  expect(await gauge('watch_fan_out_oldest_age_seconds')).toBeGreaterThan(1000)
  expect((await service.drift(since, until)).stuck).toEqual({ count: 1, examples: [`change 1 of product ${product}`] })
  await untilDone(service)
  expect((await service.drift(since, until)).stuck.count).toBe(0)
  metrics.close()
})
