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
      await product.upgradeCatalog.atStart()
      if (config.integer('SEED_DEMO', 0) === 1) await product.seedDemoCatalog()
      await bus.consume(productHandlers(product))
      every('propagate category changes', second, product.propagateCategoryChanges)
      // During a rolling deploy, instances of the earlier release still write products without these fields.
      every('upgrade the catalog', 5 * second, product.upgradeCatalog.sweep)
      return productApp({ http, ...product })
    },
    env,
  )

if (import.meta.main) await start()
