import type { Page } from '../../kit/api'
import { Badge, Card, Empty, Skeleton } from '../../kit/card'
import { listQuery, Pager } from '../../kit/filters'
import { Money } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link, type PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import type { SharedFavourite } from '../types'
import { words } from '../words'

/** A list that somebody shared. */
export default function List({ params: { token = '' } }: PageProps) {
  const w = words.value
  titled(w.sharedList, w.shop)
  const { data, problem, reload } = useQuery<Page<SharedFavourite>>(`/api/favourites/shared/${encodeURIComponent(token)}?${listQuery([])}`)
  return (
    <div class="grid gap-6">
      <h1>{w.sharedList}</h1>
      <Problem problem={problem} onRetry={reload} />
      <Card>
        {data ? (
          <ul>
            {data.items.map(({ product_id, name, price, currency, availability }) => (
              <li
                key={product_id}
                class="flex flex-wrap items-center justify-between gap-3 border-b border-line py-3 first:pt-0 last:border-0 last:pb-0"
              >
                <Link to={`/products/${product_id}`} class="font-semibold hover:underline">
                  {name ?? w.noLongerSold}
                </Link>
                <span class="flex items-center gap-3">
                  {availability !== 'in_stock' && <Badge tone="warn">{w.availabilities(availability, 0)}</Badge>}
                  {price !== null && currency !== null && <Money amount={price} currency={currency} />}
                </span>
              </li>
            ))}
          </ul>
        ) : (
          !problem && <Skeleton lines={4} class="h-10" />
        )}
        {data?.items.length === 0 && <Empty title={w.noWishes} />}
        <Pager page={data} />
      </Card>
    </div>
  )
}
