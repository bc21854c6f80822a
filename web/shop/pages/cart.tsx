import { useEffect, useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { Button } from '../../kit/button'
import { Badge, Card, Empty, Skeleton } from '../../kit/card'
import { Select, TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { Money } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { cart, cartProblem, enterCoupon, loadCart, removeCoupon, setQuantity } from '../cart'
import { Amounts } from '../parts/amounts'
import { NoQuote } from '../parts/no-quote'
import { Recommended } from '../parts/recommended'
import type { Cart, CartItem } from '../types'
import { words } from '../words'

function Line({ item }: { item: CartItem }) {
  const w = words.value
  const { product_id, sku, name, quantity, price, added_price, price_changed, currency, stock, availability } = item
  const set = useAction((pieces: number) => setQuantity(item, pieces))
  // By the keyboard a number is reached through those before it: what is chosen last counts, also while one before it is being set.
  const [wanted, want] = useState<number>()
  useEffect(() => {
    if (wanted === undefined || set.busy) return
    void set.run(wanted).then(() => want(now => (now === wanted ? undefined : now)))
  }, [wanted, set.busy])
  const most = Math.max(quantity, Math.min(20, stock || quantity))
  const pieces = Array.from({ length: most }, (_, n) => `${n + 1}`)
  return (
    <li class="grid gap-3 border-b border-line py-4 first:pt-0 last:border-0 last:pb-0 sm:grid-cols-[1fr_auto_auto] sm:items-center">
      <div class="grid gap-1">
        <Link to={`/products/${product_id}`} class="font-semibold hover:underline">
          {name}
        </Link>
        <span class="text-sm text-soft">{sku}</span>
        {price_changed && price !== null && added_price !== null && (
          <span class="text-sm text-warn">
            {w.priceChanged} <Money amount={added_price} currency={currency} /> → <Money amount={price} currency={currency} />
          </span>
        )}
        {availability !== 'in_stock' && <Badge tone="warn">{w.availabilities(availability, stock ?? 0)}</Badge>}
        <Problem problem={set.problem} />
      </div>
      <div class="flex items-end gap-2">
        <Select
          name={`quantity ${sku}`}
          label={w.quantity}
          class="w-24"
          value={`${wanted ?? quantity}`}
          onChange={value => want(Number(value))}
          options={pieces.map(value => ({ value, label: value }))}
        />
        <Button look="quiet" busy={set.busy} label={`${w.remove}: ${name}`} onClick={() => set.run(0)}>
          {w.remove}
        </Button>
      </div>
      <strong class="text-right sm:min-w-28">{price === null ? '–' : <Money amount={price * quantity} currency={currency} />}</strong>
    </li>
  )
}

function Coupon({ coupon }: { coupon: Cart['coupon'] }) {
  const w = words.value
  const [code, setCode] = useState('')
  const apply = useAction(async (given: string) => {
    await enterCoupon(given)
    setCode('')
  })
  const remove = useAction(removeCoupon)
  if (coupon)
    return (
      <div class="grid gap-2">
        <p class="flex flex-wrap items-center justify-between gap-2">
          <Badge tone={coupon.valid === false ? 'warn' : 'good'}>{coupon.code}</Badge>
          <Button look="quiet" small busy={remove.busy} onClick={() => remove.run()}>
            {w.remove}
          </Button>
        </p>
        {coupon.valid === false && <p class="text-sm text-warn">{w.fault(coupon.reason ?? '') || w.couponOff}</p>}
        <Problem problem={remove.problem} />
      </div>
    )
  return (
    <Form
      class="grid gap-2"
      onSubmit={() => {
        if (code.trim()) void apply.run(code.trim())
      }}
    >
      <div class="flex items-end gap-2">
        <TextField name="coupon" label={w.coupon} value={code} onInput={setCode} maxLength={64} class="min-w-0 flex-1" />
        <Button type="submit" busy={apply.busy}>
          {w.apply}
        </Button>
      </div>
      <Problem problem={apply.problem} />
    </Form>
  )
}

export default function CartPage() {
  const w = words.value
  titled(w.cart, w.shop)
  const now = cart.value
  const ids = [...new Set(now?.items.map(({ product_id }) => product_id))].slice(0, 20)
  return (
    <div class="grid gap-8">
      <h1>{w.cart}</h1>
      <Problem problem={cartProblem.value} onRetry={() => void loadCart()} />
      {now?.items.length === 0 ? (
        <Empty
          title={w.cartEmpty}
          action={
            <Link to="/search" class="button button-main">
              {w.lookAround}
            </Link>
          }
        >
          {w.cartEmptyHint}
        </Empty>
      ) : (
        <div class="grid items-start gap-6 lg:grid-cols-[1fr_20rem]">
          <Card>
            {now ? (
              <ul>
                {now.items.map(item => (
                  <Line key={`${item.product_id} ${item.sku}`} item={item} />
                ))}
              </ul>
            ) : (
              <Skeleton lines={3} class="h-16" />
            )}
          </Card>
          <Card title={w.summary} class="lg:sticky lg:top-24">
            <div class="grid gap-5">
              {now && <Coupon coupon={now.coupon} />}
              {now && !now.quote && <NoQuote />}
              {!now?.quote_refusal && <Amounts amounts={now?.quote ?? undefined} />}
              <Link to="/checkout" class="button button-main">
                {w.checkout}
              </Link>
            </div>
          </Card>
        </div>
      )}
      {ids.length > 0 && <Recommended title={w.goesWith} path={`/api/recommendations/cart?product_ids=${ids.join(',')}&limit=4`} />}
    </div>
  )
}
