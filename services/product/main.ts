import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { second } from '#shared/time'
import { productApp } from './app'
import { compose } from './compose'
import { indexes } from './database'
import { productHandlers } from './events'

export const start = (env?: Environment) =>
  runService(
    'product',
    async ({ http, bus, every, config, ...kernel }) => {
      const product = compose({ mongo: await kernel.mongo(indexes) })
      if (config.integer('SEED_DEMO', 0) === 1) await product.seedDemoCatalog()
      await bus.consume(productHandlers(product))
      every('propagate category renames', second, product.propagateCategoryRenames)
      return productApp({ http, ...product })
    },
    env,
  )

if (import.meta.main) await start()
