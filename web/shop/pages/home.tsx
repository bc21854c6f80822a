import type { Page } from '../../kit/api'
import { Skeleton } from '../../kit/card'
import { Money } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { words } from '../words'

interface Product {
  id: string
  name: string
  price: number
  currency: string
  images: string[]
}

export default function Home() {
  const w = words.value
  titled('', w.shop)
  const { data, problem, reload } = useQuery<Page<Product>>('/api/products?limit=12')
  return (
    <>
      <h1 class="display pb-6">{w.welcome}</h1>
      <Problem problem={problem} onRetry={reload} />
      <ul class="grid grid-cols-[repeat(auto-fill,minmax(min(100%,14rem),1fr))] gap-5">
        {data?.items.map(({ id, name, price, currency, images: [image] }) => (
          <li key={id} class="card overflow-hidden">
            <Link to={`/products/${id}`} class="block">
              {image && (
                <img src={image} alt="" width="400" height="400" loading="lazy" class="aspect-square w-full bg-sunken object-cover" />
              )}
              <span class="flex justify-between gap-3 p-4">
                <span class="font-semibold">{name}</span>
                <Money amount={price} currency={currency} />
              </span>
            </Link>
          </li>
        )) ?? Array.from({ length: 8 }, (_, place) => <Skeleton key={place} class="aspect-[4/5]" />)}
      </ul>
    </>
  )
}
