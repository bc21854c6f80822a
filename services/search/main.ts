import type { Environment } from '#shared/config'
import { groupInterval } from '#shared/outbox'
import { runService } from '#shared/service'
import { minute, second } from '#shared/time'
import { searchApp } from './app'
import { searchClients } from './clients'
import { compose } from './compose'
import { searchHandlers } from './events'

export const start = (env?: Environment) =>
  runService(
    'search',
    async ({ http, redis, bus, client, follow, every, onDrain, metrics, log, config }) => {
      const service = compose({
        redis,
        clients: searchClients(client),
        follow,
        log,
        secret: config.internalKey,
        groupIntervalMs: groupInterval.inBackground,
      })
      const { live, reindexing } = service
      metrics.gauge('search_products', 'Products in the index of this instance', [], gauge => gauge.set(live.state().products))
      metrics.gauge('search_lag_seconds', 'How late this instance took over the newest change', [], gauge =>
        gauge.set(live.state().lagMs / second),
      )
      await live.start()
      await bus.consume(searchHandlers(service))
      every('fill the index', 2 * second, reindexing.fillIfEmpty)
      every('refresh popularity', minute, service.refreshPopularity)
      every('save the index', 5 * minute, live.save)
      onDrain(live.stop)
      return searchApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
