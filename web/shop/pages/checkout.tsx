import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card, Empty, Skeleton } from '../../kit/card'
import { Check } from '../../kit/field'
import { Form } from '../../kit/form'
import { Problem } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { go, Link } from '../../kit/route'
import { person, sessionEnded } from '../../kit/session'
import { SignIn } from '../../kit/sign-in'
import { titled } from '../../kit/site'
import { cart, cartProblem, loadCart } from '../cart'
import { AddressFields, filled, noAddress, oneLine } from '../parts/address'
import { Amounts } from '../parts/amounts'
import { Options, useDelivery } from '../parts/delivery'
import { NoQuote } from '../parts/no-quote'
import { Register } from '../parts/register'
import type { Order, PostalAddress, SavedAddress } from '../types'
import { words } from '../words'

/** A guest becomes a customer here; what is in the cart comes along. */
function Who() {
  const w = words.value
  const [isNew, setNew] = useState(!sessionEnded.peek())
  return (
    <div class="grid justify-items-center gap-4">
      <p class="text-soft">{w.whoAreYou}</p>
      {isNew ? <Register onDone={() => {}} /> : <SignIn title={w.signInTitle} />}
      <Button look="quiet" onClick={() => setNew(!isNew)}>
        {isNew ? w.haveAccount : w.noAccount}
      </Button>
    </div>
  )
}

function OrderForm() {
  const w = words.value
  const saved = useQuery<Page<SavedAddress>>('/api/users/me/addresses?limit=50')
  const [chosen, setChosen] = useState<number | 'new'>()
  const [typed, setTyped] = useState<PostalAddress>(noAddress)
  const [keep, setKeep] = useState(true)
  const known = saved.data?.items ?? []
  const picked = chosen ?? known.find(({ is_default }) => is_default)?.id ?? known[0]?.id ?? 'new'
  const one = known.find(({ id }) => id === picked)
  const { line1, line2, city, region, postal_code, country } = one ?? typed
  const address = filled({ line1, city, country, ...(line2 && { line2 }), ...(region && { region }), ...(postal_code && { postal_code }) })
  const isComplete = Boolean(address.line1 && address.city && address.country)
  const delivery = useDelivery(address, isComplete)
  const { quote, option, loading } = delivery

  const place = useAction(async (body: { shipping_address: PostalAddress; shipping_option?: string }, { headers }) => {
    const order = await call<Order>('POST', '/api/orders', { body: { from_cart: true, ...body }, headers }).catch(refusal => {
      // What has changed is shown, so that it can be agreed to.
      void loadCart()
      throw refusal
    })
    if (picked === 'new' && keep)
      await call('POST', '/api/users/me/addresses', { body: { ...body.shipping_address, is_default: known.length === 0 } }).catch(() => {})
    for (const path of ['/api/orders', '/api/users/me/addresses']) changed(path)
    void loadCart()
    // Going back leads to the cart, not to a second order.
    go(`/orders/${order.id}`, { replace: true })
  })
  return (
    <Form
      class="grid items-start gap-6 lg:grid-cols-[1fr_20rem]"
      onSubmit={() => place.run({ shipping_address: address, ...(option && { shipping_option: option }) })}
    >
      <div class="grid gap-6">
        <Card title={w.address}>
          {saved.loading && !saved.data ? (
            <Skeleton lines={3} class="h-12" />
          ) : (
            <fieldset class="grid gap-3">
              <legend class="sr-only">{w.address}</legend>
              {[...known, undefined].map(entry => (
                <label key={entry?.id ?? 'new'} class="flex cursor-pointer items-start gap-3">
                  <input
                    type="radio"
                    name="address"
                    class="mt-1"
                    checked={picked === (entry?.id ?? 'new')}
                    onChange={() => setChosen(entry?.id ?? 'new')}
                  />
                  <span>{entry ? oneLine(entry) : w.otherAddress}</span>
                </label>
              ))}
              {picked === 'new' && (
                <>
                  <AddressFields address={typed} onChange={setTyped} problem={place.problem} at="shipping_address" />
                  <Check checked={keep} onChange={setKeep} label={w.keepAddress} />
                </>
              )}
            </fieldset>
          )}
        </Card>
        <Card title={w.delivery}>
          <Options {...delivery} />
        </Card>
      </div>
      <Card title={w.summary} class="lg:sticky lg:top-24">
        <div class="grid gap-5">
          {!cart.value?.quote_refusal && !cartProblem.value && (
            <div aria-busy={loading} class={loading ? 'opacity-60' : ''}>
              <Amounts amounts={quote} />
            </div>
          )}
          {cart.value && !quote && !loading && !cartProblem.value && <NoQuote />}
          <Problem problem={place.problem} />
          <Button type="submit" look="main" busy={place.busy || loading} disabled={!isComplete || !cart.value?.items.length}>
            {w.placeOrder}
          </Button>
          <p class="text-sm text-soft">{w.payNext}</p>
        </div>
      </Card>
    </Form>
  )
}

export default function Checkout() {
  const w = words.value
  titled(w.checkout, w.shop)
  return (
    <div class="grid gap-8">
      <h1>{w.checkout}</h1>
      <Problem problem={cartProblem.value} onRetry={() => void loadCart()} />
      {sessionEnded.value ? (
        <Who />
      ) : cart.value?.items.length === 0 ? (
        <Empty
          title={w.cartEmpty}
          action={
            <Link to="/orders" class="button button-plain">
              {w.orders}
            </Link>
          }
        >
          {w.orderedAlready}
        </Empty>
      ) : person.value ? (
        <OrderForm />
      ) : (
        <Who />
      )}
    </div>
  )
}
