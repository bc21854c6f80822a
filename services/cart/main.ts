import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { minute } from '#shared/time'
import { cartApp } from './app'
import { cartClients } from './clients'
import { compose } from './compose'
import { cartHandlers } from './events'

export const start = (env?: Environment) =>
  runService(
    'cart',
    async ({ http, redisAt, bus, client, config, every }) => {
      const redis = await redisAt('carts', config.text('CART_REDIS_URL', config.redisUrl))
      const service = compose({ redis, clients: cartClients(client), idSecret: config.internalKey })
      await bus.consume(cartHandlers(service))
      every('erase what was under way at an erasure', minute, () => service.carts.forgetStragglers(new Date()))
      return cartApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
