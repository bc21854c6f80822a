import { useEffect, useState } from 'preact/hooks'
import { call, ShopError } from '../../kit/api'
import { Skeleton } from '../../kit/card'
import { money } from '../../kit/format'
import { cart, loadCart } from '../cart'
import type { PostalAddress, ShippingOption, ShippingQuote } from '../types'
import { words } from '../words'

interface Asked {
  quote?: ShippingQuote
  problem?: ShopError
  loading: boolean
}

const pauseMs = 400

/** What the place and the goods cost to send, as they change. An answer for an earlier place is not waited for. */
export function useShipping(address: PostalAddress, isComplete: boolean) {
  const now = cart.value
  const items = (now?.items ?? [])
    .filter(({ availability }) => availability !== 'unavailable')
    .map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
  const prices = now?.quote && { subtotal: now.quote.subtotal - now.quote.discount, currency: now.quote.currency }
  const body = { address, items, ...prices }
  const [{ quote, problem, loading }, setAsked] = useState<Asked>({ loading: false })
  useEffect(() => {
    if (!isComplete || items.length === 0) return
    const controller = new AbortController()
    const { signal } = controller
    const ask = async () => {
      const { country, region } = address
      void loadCart({ country, ...(region && { region }) })
      setAsked(({ quote }) => ({ ...(quote && { quote }), loading: true }))
      try {
        const quote = await call<ShippingQuote>('POST', '/api/shipping/quotes', { body, signal })
        if (!signal.aborted) setAsked({ quote, loading: false })
      } catch (error) {
        if (!signal.aborted) setAsked({ loading: false, ...(error instanceof ShopError && { problem: error }) })
      }
    }
    const timer = setTimeout(ask, pauseMs)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [JSON.stringify(body), isComplete])
  return { options: quote?.options ?? [], problem, loading }
}

interface Delivery {
  options: readonly ShippingOption[]
  option: string | undefined
  choose: (option: string) => void
  loading: boolean
}
export function Options({ options, option, choose, loading }: Delivery) {
  const w = words.value
  if (options.length === 0) return loading ? <Skeleton lines={2} class="h-12" /> : <p class="text-soft">{w.addressFirst}</p>
  return (
    <fieldset class="grid gap-2">
      <legend class="sr-only">{w.delivery}</legend>
      {options.map(({ option: name, price, currency, days_min, days_max }) => (
        <label key={name} class="card flex cursor-pointer items-center gap-3 px-4 py-3 shadow-none has-checked:border-brand">
          <input type="radio" name="option" checked={name === option} onChange={() => choose(name)} />
          <span class="flex-1">
            <strong class="block">{w.options(name)}</strong>
            <span class="text-sm text-soft">{w.days(days_min, days_max)}</span>
          </span>
          <span class="number">{price === 0 ? w.free : money(price, currency)}</span>
        </label>
      ))}
    </fieldset>
  )
}
