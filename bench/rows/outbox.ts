import { join } from 'node:path'
import { processorMs } from '../../scripts/processes'
import { atLeast, pair } from '../measure'
import { processorTimes, type Shop, spentSince } from '../shop'
import type { Rows } from './rows'

const messages = 20_000

/** A process with one service, on the benchmark's servers. */
const startChild = (store: 'MySQL' | 'MongoDB', { servers }: Shop) => {
  const env = {
    ...{ ...process.env, NODE_ENV: 'production', STORE: store, TEST_RABBITMQ_URL: servers.rabbitmq },
    ...{ TEST_MYSQL_URL: servers.mysql, TEST_MONGO_URL: servers.mongo },
  }
  let pending: { resolve(perSecond: number): void; reject(error: Error): void } | undefined
  const child = Bun.spawn([process.execPath, join(import.meta.dir, '../bare/outbox.ts')], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: perSecond => pending?.resolve(Number(perSecond)),
  })
  void child.exited.then(() => pending?.reject(new Error('the process of the outbox ended')))
  return {
    pid: child.pid,
    ask: (work: 'effects' | 'confirms') => {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      pending = { resolve, reject }
      child.send({ work, messages })
      return promise
    },
    async stop() {
      child.send({ work: 'stop' })
      await child.exited
    },
  }
}

/** From an outbox over the broker into a consumer's transactions, each with the messages that wait together, all in one process. */
export const outbox: Rows = {
  needs: [],
  async *measure(shop) {
    for (const store of ['MySQL', 'MongoDB'] as const) {
      const child = startChild(store, shop)
      let spent = ''
      const effects = async () => {
        const [before, own] = [processorTimes(shop), processorMs([child.pid])]
        const perSecond = await child.ask('effects')
        // To publish 500 messages at a time into the outbox is part of it.
        spent = `${spentSince(shop, before, messages)}, and the service itself ${((processorMs([child.pid]) - own) / messages).toFixed(2)}`
        return perSecond
      }
      try {
        const rates = await pair(effects, () => child.ask('confirms'))
        yield atLeast(0.2, {
          what: `outbox to consumer effect, ${store}`,
          against: 'confirmed publishes, 500 in flight',
          costs: `for a message, ${spent}`,
          ...rates,
        })
      } finally {
        await child.stop()
      }
    }
  },
}
