import type { PromotionClients } from './clients'
import { singleUseCodes } from './codes'
import type { PromotionSql } from './database'
import { discounts } from './discounts'
import { promotionDrift } from './drift'
import { redemptions } from './redemptions'
import { campaignRepository } from './repository'

interface Ports {
  sql: PromotionSql
  clients: PromotionClients
}

export const compose = ({ sql, clients }: Ports) => {
  const campaigns = campaignRepository(sql)
  return {
    campaigns,
    codes: singleUseCodes(sql, campaigns),
    discounts: discounts({ campaigns, clients }),
    redemptions: redemptions(sql),
    drift: promotionDrift(sql),
  }
}
export type PromotionService = ReturnType<typeof compose>
