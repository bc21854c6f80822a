import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Card, Empty, Skeleton } from '../../kit/card'
import { listQuery, Pager } from '../../kit/filters'
import { Money } from '../../kit/format'
import { Notice, Problem, say } from '../../kit/notice'
import { changed } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { SignedIn } from '../parts/signed-in'
import { useFavourites, Watches } from '../parts/wish'
import type { Favourite } from '../types'
import { words } from '../words'

function One({ favourite }: { favourite: Favourite }) {
  const w = words.value
  const { product_id, name, price, currency, availability } = favourite
  const remove = useAction<void>(async () => {
    await call('DELETE', `/api/favourites/${product_id}`)
    changed('/api/favourites')
  })
  return (
    <li class="grid gap-4 border-b border-line py-5 first:pt-0 last:border-0 last:pb-0 sm:grid-cols-[1fr_16rem_auto] sm:items-center">
      <div class="grid gap-1">
        <Link to={`/products/${product_id}`} class="font-semibold hover:underline">
          {name ?? w.noLongerSold}
        </Link>
        <span class="flex flex-wrap items-center gap-3">
          {price !== null && currency !== null && <Money amount={price} currency={currency} />}
          {availability !== 'in_stock' && <Badge tone="warn">{w.availabilities(availability, 0)}</Badge>}
        </span>
      </div>
      <Watches favourite={favourite} />
      <Button look="quiet" busy={remove.busy} label={`${w.remove}: ${name ?? ''}`} onClick={() => remove.run()}>
        {w.remove}
      </Button>
      <Problem problem={remove.problem} />
    </li>
  )
}

function Share() {
  const w = words.value
  const [link, setLink] = useState('')
  const share = useAction<void>(async () => {
    const { token } = await call<{ token: string }>('POST', '/api/favourites/share')
    setLink(`${location.origin}/lists/${token}`)
  })
  const stop = useAction<void>(async () => {
    await call('DELETE', '/api/favourites/share')
    setLink('')
    say(w.shareEnded)
  })
  return (
    <div class="grid gap-3">
      <div class="flex flex-wrap gap-2">
        <Button busy={share.busy} onClick={() => share.run()}>
          {w.share}
        </Button>
        <Button look="quiet" busy={stop.busy} onClick={() => stop.run()}>
          {w.unshare}
        </Button>
      </div>
      {link && (
        <Notice tone="good" title={w.shareLink}>
          <a class="link break-all" href={link}>
            {link}
          </a>
        </Notice>
      )}
      <Problem problem={share.problem ?? stop.problem} />
    </div>
  )
}

function List() {
  const w = words.value
  const { data, problem, reload } = useFavourites(listQuery([]))
  return (
    <>
      <Problem problem={problem} onRetry={reload} />
      {data?.total !== 0 && <Share />}
      <Card>
        {data ? (
          <ul>
            {data.items.map(favourite => (
              <One key={favourite.product_id} favourite={favourite} />
            ))}
          </ul>
        ) : (
          !problem && <Skeleton lines={4} class="h-16" />
        )}
        {data?.total === 0 && (
          <Empty
            title={w.noWishes}
            action={
              <Link to="/search" class="button button-main">
                {w.lookAround}
              </Link>
            }
          >
            {w.noWishesHint}
          </Empty>
        )}
        <Pager page={data} />
      </Card>
    </>
  )
}

export default function Wishlist() {
  const w = words.value
  titled(w.wishlist, w.shop)
  return (
    <div class="grid gap-6">
      <h1>{w.wishlist}</h1>
      <SignedIn>
        <List />
      </SignedIn>
    </div>
  )
}
