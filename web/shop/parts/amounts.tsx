import { Skeleton } from '../../kit/card'
import { Sums } from '../../kit/sums'
import { words } from '../words'

export interface AmountsOf {
  subtotal: number
  discount: number
  tax: number
  shipping: number
  total: number
  currency: string
}

/** What an order or a cart costs; a skeleton until it is known. */
export function Amounts({ amounts }: { amounts: AmountsOf | undefined }) {
  const w = words.value
  if (!amounts) return <Skeleton lines={4} class="h-5" />
  const { subtotal, discount, shipping, tax, total, currency } = amounts
  const rows = [
    [w.subtotal, subtotal],
    [w.discount, discount === 0 ? 0 : -discount],
    [w.shipping, shipping],
    [w.tax, tax],
  ] as const
  return <Sums rows={rows} total={[w.total, total]} currency={currency} />
}
