export { erasedUsers as _007_erased_users } from './erased-users'
export { keptMoney as _005_kept_money } from './kept-money'
export { items as _002_items, orders as _001_orders, returns as _004_returns, timeline as _003_timeline } from './orders'
export { taxClasses as _006_tax_classes } from './tax-classes'
