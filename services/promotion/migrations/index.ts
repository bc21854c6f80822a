export { campaigns as _001_campaigns, codes as _002_codes } from './campaigns'
export { categoryIds as _006_category_ids } from './category-ids'
export { erasedUsers as _007_erased_users, usesByUser as _008_uses_by_user } from './erased-users'
export {
  redemptions as _003_redemptions,
  redemptionUses as _005_redemption_uses,
  userUses as _004_user_uses,
  usesInWindow as _009_uses_in_window,
} from './redemptions'
