import { Badge, Skeleton } from '../../kit/card'
import { Money, number } from '../../kit/format'
import { Link } from '../../kit/route'
import { words } from '../words'

export interface Shown {
  id: string
  name: string
  price: number
  currency: string
  images?: readonly string[]
  stock?: number
  rating?: { average: number; count: number } | undefined
}

export function Stars({ average, count }: { average: number; count?: number | undefined }) {
  const w = words.value
  return (
    <span class="inline-flex items-center gap-1.5 text-sm">
      <span role="img" aria-label={w.starsOf(number(average, 1))} class="relative inline-block leading-none text-line tracking-[0.08em]">
        ★★★★★
        <span aria-hidden="true" class="absolute inset-0 overflow-hidden text-honey" style={{ width: `${average * 20}%` }}>
          ★★★★★
        </span>
      </span>
      {count !== undefined && <span class="text-soft number">{number(count)}</span>}
    </span>
  )
}
/** Only pictures of the shop itself: the page's policy allows no others. */
export const ownImages = (images: readonly string[] | undefined) => (images ?? []).filter(image => image.startsWith('/'))

export function ProductCard({ product, note }: { product: Shown; note?: string | undefined }) {
  const { id, name, price, currency, images, stock, rating } = product
  const [image] = ownImages(images)
  return (
    <Link to={`/products/${id}`} class="card group flex h-full flex-col overflow-hidden transition-shadow hover:shadow-raised">
      <span class="aspect-square overflow-hidden bg-sunken">
        {image && (
          <img
            src={image}
            alt=""
            width="400"
            height="400"
            loading="lazy"
            class="size-full object-cover transition-transform duration-300 group-hover:scale-[1.03]"
          />
        )}
      </span>
      <span class="flex flex-1 flex-col gap-1.5 p-4">
        {note && <span class="text-xs font-semibold text-brand">{note}</span>}
        <span class="line-clamp-2 font-semibold leading-snug">{name}</span>
        {rating && rating.count > 0 && <Stars average={rating.average} count={rating.count} />}
        <span class="mt-auto flex flex-wrap items-baseline justify-between gap-2 pt-1">
          <strong class="text-lg">
            <Money amount={price} currency={currency} />
          </strong>
          {stock === 0 && <Badge tone="warn">{words.value.soldOut}</Badge>}
        </span>
      </span>
    </Link>
  )
}

const places = 'grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-4'

export function ProductGrid({
  products,
  skeletons = 8,
}: {
  products: readonly (Shown & { note?: string })[] | undefined
  skeletons?: number
}) {
  return (
    <ul class={places}>
      {products?.map(product => (
        <li key={product.id}>
          <ProductCard product={product} note={product.note} />
        </li>
      )) ??
        Array.from({ length: skeletons }, (_, place) => (
          <li key={place}>
            <Skeleton class="aspect-[4/6]" />
          </li>
        ))}
    </ul>
  )
}
