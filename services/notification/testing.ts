import { afterAll, expect } from 'bun:test'
import { createLog } from '#shared/log'
import { startFanout } from '#shared/redis'
import { deliverTo, sender, testHttp, testRedis, testSql } from '#shared/testing'
import { day } from '#shared/time'
import { notificationApp } from './app'
import type { Outgoing, OutgoingChannel, Sent } from './channels/channel'
import { sandboxWebhooks } from './channels/sandbox-webhooks'
import { notificationClients } from './clients'
import { compose } from './compose'
import type { NotificationDb } from './database'
import { notificationHandlers } from './events'
import { readLinkKey } from './link-key'
import * as migrations from './migrations'
import { testNeighbours } from './testing-clients'

export const webhookSecret = 'a secret that only the tests know'
export const links = { shopUrl: 'https://shop.example', apiUrl: 'https://api.shop.example' }

/** A provider whose answers a test decides; it keeps what it was given. */
export const testChannel = (channel: OutgoingChannel) => {
  const taken: Outgoing[] = []
  let answer: (message: Outgoing) => Sent | Promise<Sent> = ({ message_id }) => ({
    outcome: 'sent',
    provider: 'sandbox',
    provider_id: `p-${channel}-${message_id}`,
  })
  return {
    name: 'sandbox',
    taken,
    answer(next: typeof answer) {
      answer = next
    },
    async send(message: Outgoing): Promise<Sent> {
      taken.push(message)
      return answer(message)
    },
    to: (address: string) => taken.filter(({ to }) => to === address),
  }
}

interface Options {
  heartbeatMs?: number
  showSecrets?: boolean
  sendMs?: number
}

/**
 * The service on real stores, beside fakes of its neighbours and of its providers, until the tests of the file are over: no request of theirs
 * may have failed by a fault of ours. `instance` starts another one on the same stores.
 */
export const testNotification = async (options: Options = {}) => {
  const [store, redis, web, neighbours] = await Promise.all([
    testSql<NotificationDb>({ service: 'notification', migrations }),
    testRedis(),
    testHttp('notification'),
    testNeighbours(),
  ])
  const { sql } = store
  const closing: (() => unknown)[] = []
  const warnings: string[] = []
  const note = (fields: object, text?: string) => void warnings.push(`${text} ${Bun.inspect(fields)}`)
  const log = { ...createLog('notification', 'silent'), warn: note, error: note }
  const linkKey = await readLinkKey(sql)
  afterAll(async () => {
    for (const close of closing.splice(0)) await close()
    await Promise.all([store.drop(), redis.drop(), neighbours.stop()])
    expect(web.failures).toEqual([])
  })

  const instance = async (more: Options = {}) => {
    const channels = { email: testChannel('email'), sms: testChannel('sms'), push: testChannel('push') }
    const followers: Promise<void>[] = []
    const service = compose({
      ...options,
      ...more,
      ...{ sql, log, channels, links, linkKey },
      clients: notificationClients(neighbours.client),
      verifiers: new Map([['sandbox', sandboxWebhooks(webhookSecret)]]),
      follow: onEntry => {
        const follower = startFanout(redis.redis, redis.redis.key('live'), { onEntry, log })
        closing.push(follower.close)
        followers.push(follower.ready)
        return follower
      },
      reviewRequestAfterMs: 7 * day,
    })
    closing.push(service.streams.close)
    await Promise.all(followers)
    const app = notificationApp({ http: web.http, ...service })
    return {
      ...service,
      app,
      channels,
      send: sender(app, { under: '/api/notifications' }),
      handle: deliverTo(notificationHandlers(service)),
      /** Sends everything that is due at this moment or at `now`. */
      async sendAll(now = new Date()) {
        for (const channel of ['email', 'sms', 'push'] as const) await service.sending.sendDue(channel, now)
      },
    }
  }
  const first = await instance()
  let users = 100

  return {
    ...first,
    sql,
    neighbours,
    warnings,
    instance,
    as: web.as,
    asService: web.asService,
    published: store.published,
    newUser: async () => {
      const id = ++users
      const headers = await web.as(id)
      const send = (method: string, path: string, body?: unknown) => first.send(method, path, body, headers)
      return { id, email: `user${id}@example.com`, headers, send }
    },
    admin: await web.as(1, 'admin'),
    deliveriesOf: (userId: number) => sql.db.selectFrom('deliveries').selectAll().where('user_id', '=', userId).orderBy('id').execute(),
  }
}
