import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { productApp } from './app'
import { categoryRepository } from './categories'
import { productHandlers } from './events'
import { productExport } from './export'
import { productImport } from './import'
import { spreadRenames } from './rename'
import { productRepository } from './repository'
import { seedDemo } from './seed'
import { indexes } from './store'

export const start = (env?: Environment) =>
  runService(
    'product',
    async kernel => {
      const mongo = await kernel.mongo(indexes)
      const categories = categoryRepository(mongo)
      const products = productRepository(mongo, categories)
      const renames = spreadRenames(mongo)
      if (kernel.config.integer('SEED_DEMO', 0) === 1) await seedDemo(mongo)
      await kernel.bus.consume(productHandlers({ products }))
      kernel.every('spread renamed categories', 1000, renames)
      return productApp({
        http: kernel.http,
        products,
        categories,
        spreadRenames: renames,
        importProducts: productImport(mongo, categories),
        exportProducts: productExport(mongo),
      })
    },
    env,
  )

if (import.meta.main) await start()
