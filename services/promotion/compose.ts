import { adoptCategoryIds } from './adopt-category-ids'
import { campaignEdits } from './campaign-edits'
import type { PromotionClients } from './clients'
import { singleUseCodes } from './codes'
import type { PromotionSql } from './database'
import { discounts } from './discounts'
import { promotionDrift } from './drift'
import { redemptions } from './redemptions'
import { campaignRepository } from './repository'
import { targets } from './targets'

interface Ports {
  sql: PromotionSql
  clients: PromotionClients
}

export const compose = ({ sql, clients }: Ports) => {
  const campaigns = campaignRepository(sql)
  return {
    campaigns,
    edits: campaignEdits({ sql, campaigns, targets: targets(clients) }),
    codes: singleUseCodes(sql, campaigns),
    discounts: discounts({ campaigns, clients }),
    redemptions: redemptions(sql),
    drift: promotionDrift(sql),
    adoptCategoryIds: adoptCategoryIds({ sql, clients }),
  }
}
export type PromotionService = ReturnType<typeof compose>
