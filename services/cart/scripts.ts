import cartFunctions from './cart.lua' with { type: 'text' }
import changeLineSource from './change-line.lua' with { type: 'text' }
import clearCartSource from './clear-cart.lua' with { type: 'text' }
import copyLinesSource from './copy-lines.lua' with { type: 'text' }
import { maxLines, maxPieces } from './domain'
import mergeCartsSource from './merge-carts.lua' with { type: 'text' }
import removeOrderedSource from './remove-ordered.lua' with { type: 'text' }
import setCouponSource from './set-coupon.lua' with { type: 'text' }
import shareCartSource from './share-cart.lua' with { type: 'text' }

/** A Lua file on its own: Redis has no modules, so that the shared functions are put where the file says `-- include cart.lua`. */
const script = (source: string) =>
  // A function, since the text has `$'`, which `replace` would take for a pattern.
  `local maxLines, maxPieces = ${maxLines}, ${maxPieces}\n${source.replace('-- include cart.lua', () => cartFunctions)}`

export const changeLine = script(changeLineSource)
export const clearCart = script(clearCartSource)
export const copyLines = script(copyLinesSource)
export const mergeCarts = script(mergeCartsSource)
export const removeOrdered = script(removeOrderedSource)
export const setCoupon = script(setCouponSource)
export const shareCart = script(shareCartSource)
