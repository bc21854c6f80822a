import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { minute } from '#shared/time'
import { promotionApp } from './app'
import { promotionClients } from './clients'
import { compose } from './compose'
import type { PromotionDb } from './database'
import { promotionHandlers } from './events'
import * as migrations from './migrations'
import { seedDemo } from './seed'

export const start = (env?: Environment) =>
  runService(
    'promotion',
    async ({ http, bus, every, client, config, ...kernel }) => {
      const sql = await kernel.sql<PromotionDb>(migrations)
      const promotion = compose({
        sql,
        clients: promotionClients(client),
        redis: kernel.redis,
        mostWrongCodes: config.integer('WRONG_CODES_LIMIT', 20),
      })
      if (config.integer('SEED_DEMO', 0) === 1) await seedDemo(sql, promotion.edits)
      every('category ids', minute, promotion.adoptCategoryIds)
      await bus.consume(promotionHandlers(promotion))
      return promotionApp({ http, ...promotion })
    },
    env,
  )

if (import.meta.main) await start()
