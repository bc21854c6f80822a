import { useEffect, useState } from 'preact/hooks'
import { call, ShopError } from '../../kit/api'
import { Skeleton } from '../../kit/card'
import { money } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { cart, cartLoading, cartProblem, delivery, loadCart } from '../cart'
import type { PostalAddress, ShippingQuote } from '../types'
import { words } from '../words'

interface Days {
  options: ShippingQuote['options']
  problem?: ShopError
}
const noDays: Days = { options: [] }
const pauseMs = 400

/** How long each option takes to the address, which only shipping knows; without an address nothing is asked. Prices are the cart's. */
function useDays(address: PostalAddress | undefined): Days {
  const [days, setDays] = useState(noDays)
  const items = cart.value?.items.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity })) ?? []
  const currency = cart.value?.items[0]?.currency
  useEffect(() => {
    setDays(noDays)
    if (!address || items.length === 0) return
    const controller = new AbortController()
    const { signal } = controller
    call<ShippingQuote>('POST', '/api/shipping/quotes', { body: { address, items, currency }, signal }).then(
      ({ options }) => !signal.aborted && setDays({ options }),
      problem => !signal.aborted && setDays({ ...noDays, ...(problem instanceof ShopError && { problem }) }),
    )
    return () => controller.abort()
  }, [address?.country, address?.region, JSON.stringify(items)])
  return days
}

/** Keeps the cart priced for the address and the wanted option. While it is `loading`, the prices are still those of another delivery. */
export function useDelivery(address: PostalAddress, isComplete: boolean) {
  const [wanted, choose] = useState<string>()
  const [asked, setAsked] = useState<PostalAddress>()
  const { country, region } = address
  const now = delivery.value
  // Not when something else has been asked for since, as for somebody else who signed in in another tab.
  const isSamePlace = asked !== undefined && now.country === country && now.region === (region || undefined)
  const isAsked = isSamePlace && now.shipping_option === wanted
  useEffect(() => {
    if (!isComplete || isAsked) return
    const ask = () => {
      setAsked(address)
      void loadCart({ country, ...(region && { region }), ...(wanted && { shipping_option: wanted }) })
    }
    const timer = setTimeout(ask, isSamePlace ? 0 : pauseMs)
    return () => clearTimeout(timer)
  }, [country, region, wanted, isComplete, isAsked])
  // A place that does not exist is given up with this page: no other page can mend it.
  useEffect(() => () => void (cartProblem.peek()?.status === 400 && loadCart({})), [])
  const days = useDays(asked)
  const quote = cartProblem.value ? undefined : (cart.value?.quote ?? undefined)
  const loading = cartLoading.value || (isComplete && !isAsked)
  const priced = quote?.shipping_option
  const option = loading ? (wanted ?? priced) : (priced ?? wanted)
  return { quote, option, choose, days, loading, hasPlace: asked !== undefined }
}

/** The ways to send it, with their prices by the cart and their days by shipping. */
export function Options({ quote, option, choose, days, loading, hasPlace }: ReturnType<typeof useDelivery>) {
  const w = words.value
  if (!hasPlace && !loading) return <p class="text-soft">{w.addressFirst}</p>
  if (!hasPlace || !quote) return loading ? <Skeleton lines={2} class="h-12" /> : <Problem problem={days.problem} />
  return (
    <fieldset class="grid gap-2">
      <legend class="sr-only">{w.delivery}</legend>
      {quote.shipping_options.map(({ option: name, price }) => {
        const known = days.options.find(each => each.option === name)
        return (
          <label key={name} class="card flex cursor-pointer items-center gap-3 px-4 py-3 shadow-none has-checked:border-brand">
            <input type="radio" name="option" checked={name === option} onChange={() => choose(name)} />
            <span class="flex-1">
              <strong class="block">{w.options(name)}</strong>
              <span class="text-sm text-soft">{known ? w.days(known.days_min, known.days_max) : '\u00a0'}</span>
            </span>
            <span class="number">{price === 0 ? w.free : money(price, quote.currency)}</span>
          </label>
        )
      })}
    </fieldset>
  )
}
