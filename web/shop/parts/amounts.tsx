import { Skeleton } from '../../kit/card'
import { Money } from '../../kit/format'
import { words } from '../words'

export interface AmountsOf {
  subtotal: number
  discount: number
  tax: number
  shipping: number
  total: number
  currency: string
}

/** The sum, line by line. It has the same height before it is known. */
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
  return (
    <dl class="grid grid-cols-[1fr_auto] gap-y-1.5">
      {rows.map(([name, amount]) => (
        <>
          <dt class="text-soft">{name}</dt>
          <dd class="text-right">
            <Money amount={amount} currency={currency} />
          </dd>
        </>
      ))}
      <dt class="border-t border-line pt-2 text-lg font-semibold">{w.total}</dt>
      <dd class="border-t border-line pt-2 text-right text-lg font-semibold">
        <Money amount={total} currency={currency} />
      </dd>
    </dl>
  )
}
