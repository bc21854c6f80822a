import { AppError } from '#shared/errors'
import type { CampaignEdits } from './campaign-edits'
import type { PromotionSql } from './database'
import type { NewCampaign } from './model'

/** All are shown to everybody, and none is automatic: an order without a code gets no discount in the demo shop. */
const demoCampaigns: NewCampaign[] = [
  { name: 'Ten percent off a first order', code: 'WELCOME10', kind: 'percentage', value: 10, per_user_limit: 1 },
  { name: 'Free shipping', code: 'FREESHIP', kind: 'free_shipping' },
  { name: '20 off from 100', code: 'SAVE20', kind: 'fixed', value: 20, minimum: 100 },
  { name: 'Buy two, get a third one free', code: 'THREEFORTWO', kind: 'buy_x_get_y', buy_quantity: 2, get_quantity: 1 },
]

/** Seeds only a shop that never had a campaign, so that a deleted demo campaign does not come back. */
export const seedDemo = async ({ db }: Pick<PromotionSql, 'db'>, edits: Pick<CampaignEdits, 'add'>): Promise<void> => {
  if (await db.selectFrom('campaigns').select('id').limit(1).executeTakeFirst()) return
  for (const campaign of demoCampaigns)
    await edits.add({ ...campaign, public: true }, { scope: 'demo', key: undefined }).catch(error => {
      // Another instance seeds at the same time.
      if (!(error instanceof AppError) || error.code !== 'code_taken') throw error
    })
}
