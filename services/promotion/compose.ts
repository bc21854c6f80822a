import type { Redis } from '#shared/redis'
import { adoptCategoryIds } from './adopt-category-ids'
import { campaignEdits } from './campaign-edits'
import type { PromotionClients } from './clients'
import { codeGuesses } from './code-guesses'
import { singleUseCodes } from './codes'
import type { PromotionSql } from './database'
import { discounts } from './discounts'
import { promotionDrift } from './drift'
import { eraseUser } from './erase-user'
import { redemptions } from './redemptions'
import { campaignRepository } from './repository'
import { targets } from './targets'

interface Ports {
  sql: PromotionSql
  clients: PromotionClients
  redis: Redis
  /** How many wrong codes a user or an address may try in ten minutes. */
  mostWrongCodes: number
}

export const compose = ({ sql, clients, redis, mostWrongCodes }: Ports) => {
  const campaigns = campaignRepository(sql)
  const guesses = codeGuesses({ redis, mostWrong: mostWrongCodes })
  return {
    campaigns,
    edits: campaignEdits({ sql, campaigns, targets: targets(clients) }),
    codes: singleUseCodes(sql, campaigns),
    discounts: discounts({ campaigns, clients, guesses }),
    redemptions: redemptions(sql),
    eraseUser: eraseUser({ sql, guesses }),
    drift: promotionDrift(sql),
    adoptCategoryIds: adoptCategoryIds({ sql, clients }),
  }
}
export type PromotionService = ReturnType<typeof compose>
