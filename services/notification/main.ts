import type { Environment } from '#shared/config'
import { groupInterval } from '#shared/outbox'
import { revocationStream } from '#shared/revocations'
import { runService } from '#shared/service'
import { hour, minute, second } from '#shared/time'
import { notificationApp } from './app'
import { notificationClients } from './clients'
import { compose } from './compose'
import type { NotificationDb } from './database'
import { notificationHandlers } from './events'
import { readLinkKey } from './link-key'
import * as migrations from './migrations'
import { channelsFromSettings, linksFromSettings, reviewRequestAfterMs } from './settings'

export const start = (env?: Environment) =>
  runService(
    'notification',
    async ({ http, bus, every, client, config, log, metrics, ...kernel }) => {
      const sql = await kernel.sql<NotificationDb>(migrations)
      const { close, ...channels } = await channelsFromSettings(config, events => service.reports.accept('sandbox', events))
      const service = compose({
        ...channels,
        sql,
        log,
        clients: notificationClients(client),
        links: linksFromSettings(config),
        linkKey: await readLinkKey(sql),
        follow: onEntry => kernel.follow(kernel.redis.key('live'), onEntry),
        reviewRequestAfterMs: reviewRequestAfterMs(config),
        groupIntervalMs: groupInterval.inBackground,
      })
      const { sending, telling, reports, personalData, deliveries, streams, devices } = service
      kernel.follow(revocationStream, ({ sid }) => {
        streams.endSession(sid)
        return devices.endSession(sid)
      })
      kernel.onDrain(streams.close)
      kernel.onDrain(close)
      await bus.consume(notificationHandlers(service))
      for (const channel of ['email', 'sms', 'push'] as const)
        every(`send what is due by ${channel}`, second / 2, () => sending.sendDue(channel))
      every('tell what was planned', second, () => telling.tellDue())
      every('settle reports that wait for their delivery', second, () => reports.sweep())
      every('delete what has expired', hour, () => personalData.deleteExpired())
      const overdue = metrics.gauge('deliveries_overdue', 'Messages that should have been sent more than ten minutes ago')
      const failed = metrics.gauge('deliveries_failed', 'Messages of the last day that were given up')
      every('count deliveries in trouble', minute, async () => {
        overdue.set((await deliveries.overdue()).length)
        failed.set(await deliveries.countFailed())
      })
      return notificationApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
