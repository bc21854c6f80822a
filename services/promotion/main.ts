import { unwrap } from '#shared/client'
import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import type { ProductApi } from '../product/app'
import { promotionApp } from './app'
import { singleUseCodes } from './codes'
import type { PromotionDb } from './database'
import { promotionDrift } from './drift'
import { promotionHandlers } from './events'
import * as migrations from './migrations'
import { pricing } from './pricing'
import { redemptions } from './redemptions'
import { campaignRepository } from './repository'
import { seedDemo } from './seed'

export const start = (env?: Environment) =>
  runService(
    'promotion',
    async kernel => {
      const sql = await kernel.sql<PromotionDb>(migrations)
      const products = kernel.client<ProductApi>('product')
      const campaigns = campaignRepository(sql)
      const redeemed = redemptions(sql)
      if (kernel.config.integer('SEED_DEMO', 0) === 1) await seedDemo(sql, campaigns)
      await kernel.bus.consume(promotionHandlers({ redemptions: redeemed }))
      const categoriesOf = async (ids: readonly string[]) => {
        const { items } = await unwrap(products.api.products.batch.post({ ids: [...new Set(ids)] }))
        return new Map(items.map(({ id, category }) => [id, category]))
      }
      return promotionApp({
        http: kernel.http,
        campaigns,
        codes: singleUseCodes(sql, campaigns),
        pricing: pricing({ campaigns, categoriesOf }),
        redemptions: redeemed,
        drift: promotionDrift(sql),
      })
    },
    env,
  )

if (import.meta.main) await start()
