import beginCheckoutSource from './begin-checkout.lua' with { type: 'text' }
import cartFunctions from './cart.lua' with { type: 'text' }
import changeLineSource from './change-line.lua' with { type: 'text' }
import clearCartSource from './clear-cart.lua' with { type: 'text' }
import copyLinesSource from './copy-lines.lua' with { type: 'text' }
import { maxLines, maxPieces } from './domain'
import mergeCartsSource from './merge-carts.lua' with { type: 'text' }
import releaseCheckoutSource from './release-checkout.lua' with { type: 'text' }
import removeOrderedSource from './remove-ordered.lua' with { type: 'text' }
import setCouponSource from './set-coupon.lua' with { type: 'text' }
import shareCartSource from './share-cart.lua' with { type: 'text' }

/** Redis has no modules: the shared functions replace the line `-- include cart.lua` of a file. */
const script = (source: string) =>
  // Given as text, `replace` would take the `$'` in it for a pattern.
  `local maxLines, maxPieces = ${maxLines}, ${maxPieces}\n${source.replace('-- include cart.lua', () => cartFunctions)}`

export const beginCheckout = script(beginCheckoutSource)
export const changeLine = script(changeLineSource)
export const clearCart = script(clearCartSource)
export const copyLines = script(copyLinesSource)
export const mergeCarts = script(mergeCartsSource)
export const releaseCheckout = script(releaseCheckoutSource)
export const removeOrdered = script(removeOrderedSource)
export const setCoupon = script(setCouponSource)
export const shareCart = script(shareCartSource)
