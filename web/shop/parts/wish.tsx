import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Check } from '../../kit/field'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { person } from '../../kit/session'
import { signInFromHere } from '../then'
import type { Favourite } from '../types'
import { words } from '../words'

/** A page of the list of whoever is signed in. */
export const useFavourites = (page: string) => useQuery<Page<Favourite>>(person.value && `/api/favourites?${page}`, { keep: true })

const mostShown = 100

export function Watches({ favourite: { product_id, watch } }: { favourite: Favourite }) {
  const w = words.value
  const set = useAction(async (next: { price_drop: boolean; back_in_stock: boolean }) => {
    await call('PUT', `/api/favourites/${product_id}/watch`, { body: next })
    changed('/api/favourites')
    say(w.saved)
  })
  const { price_drop, back_in_stock } = watch
  return (
    <div class="grid gap-2 text-sm">
      <Check checked={price_drop} busy={set.busy} onChange={on => void set.run({ price_drop: on, back_in_stock })} label={w.tellPrice} />
      <Check checked={back_in_stock} busy={set.busy} onChange={on => void set.run({ price_drop, back_in_stock: on })} label={w.tellStock} />
      <Problem problem={set.problem} />
    </div>
  )
}

/** Puts a product on the wishlist, and says what to tell about it. */
export function Wish({ productId }: { productId: string }) {
  const w = words.value
  const { data } = useFavourites(`limit=${mostShown}`)
  const favourite = data?.items.find(({ product_id }) => product_id === productId)
  const toggle = useAction(async (on: boolean) => {
    if (on) await call('POST', '/api/favourites', { body: { product_id: productId } })
    else await call('DELETE', `/api/favourites/${productId}`)
    changed('/api/favourites')
    say(on ? w.wished : w.unwished)
  })
  if (!person.value)
    return (
      <Link to={signInFromHere()} class="button button-quiet -ml-4 justify-self-start">
        ♡ {w.wish}
      </Link>
    )
  return (
    <div class="grid justify-items-start gap-3">
      <Button look="quiet" class="-ml-4" busy={toggle.busy} onClick={() => toggle.run(!favourite)}>
        {favourite ? `♥ ${w.unwish}` : `♡ ${w.wish}`}
      </Button>
      {favourite && <Watches favourite={favourite} />}
      <Problem problem={toggle.problem} />
    </div>
  )
}
