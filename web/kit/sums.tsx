import { Money } from './format'

interface SumsProps {
  rows: readonly (readonly [name: string, amount: number])[]
  total: readonly [name: string, amount: number]
  currency: string
}

/** What adds up to a total, line by line. */
export function Sums({ rows, total: [name, sum], currency }: SumsProps) {
  return (
    <dl class="grid grid-cols-[1fr_auto] gap-y-1.5">
      {rows.map(([label, amount]) => (
        <>
          <dt class="text-soft">{label}</dt>
          <dd class="text-right">
            <Money amount={amount} currency={currency} />
          </dd>
        </>
      ))}
      <dt class="border-t border-line pt-2 text-lg font-semibold">{name}</dt>
      <dd class="border-t border-line pt-2 text-right text-lg font-semibold">
        <Money amount={sum} currency={currency} />
      </dd>
    </dl>
  )
}
