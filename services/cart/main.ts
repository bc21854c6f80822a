import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { cartApp } from './app'
import { baskets } from './basket'
import { liveCatalog } from './catalog'
import { cartHandlers } from './events'
import { neighbours } from './neighbours'
import { cartRepository } from './repository'

export const start = (env?: Environment) =>
  runService(
    'cart',
    async ({ http, redis, client, bus }) => {
      const carts = cartRepository(redis)
      const others = neighbours(client)
      const catalog = liveCatalog({ ask: others.products })
      await bus.consume(cartHandlers({ carts }))
      return cartApp({ http, carts, baskets: baskets({ carts, catalog, neighbours: others }) })
    },
    env,
  )

if (import.meta.main) await start()
