import { useEffect, useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Skeleton } from '../../kit/card'
import { Select } from '../../kit/field'
import { Money } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link, type PageProps } from '../../kit/route'
import { person } from '../../kit/session'
import { titled } from '../../kit/site'
import { addToCart } from '../cart'
import { Gallery } from '../parts/gallery'
import { Stars } from '../parts/product-card'
import { Recommended } from '../parts/recommended'
import { Reviews } from '../parts/reviews'
import { Variants } from '../parts/variants'
import { Wish } from '../parts/wish'
import type { Product } from '../types'
import { words } from '../words'
import NothingHere from './nothing-here'

function Stock({ stock }: { stock: number }) {
  const w = words.value
  if (stock === 0) return <Badge tone="warn">{w.soldOut}</Badge>
  return stock <= 5 ? <Badge tone="warn">{w.fewLeft(stock)}</Badge> : <Badge tone="good">{w.inStock}</Badge>
}

function Buy({ product }: { product: Product }) {
  const w = words.value
  const { variants } = product
  const [chosen, choose] = useState<string>()
  const [wanted, setWanted] = useState(1)
  const variant = variants.find(({ sku }) => sku === chosen) ?? variants.find(({ stock }) => stock > 0) ?? variants[0]
  const { price, stock } = variant ?? product
  const add = useAction(async (piece: Parameters<typeof addToCart>[0], { headers }) => {
    await addToCart(piece, headers)
    say(w.added)
  })
  const most = Math.min(10, Math.max(1, stock))
  const quantity = Math.min(wanted, most)
  const pieces = Array.from({ length: most }, (_, n) => `${n + 1}`)
  return (
    <div class="grid gap-5">
      <p class="flex flex-wrap items-center gap-4">
        <strong class="text-3xl">
          <Money amount={price} currency={product.currency} />
        </strong>
        <Stock stock={stock} />
      </p>
      {variants.length > 0 && <Variants variants={variants} chosen={variant} choose={({ sku }) => choose(sku)} />}
      <div class="flex flex-wrap items-end gap-3">
        <Select
          name="quantity"
          label={w.quantity}
          class="w-24"
          value={`${quantity}`}
          onChange={value => setWanted(Number(value))}
          options={pieces.map(value => ({ value, label: value }))}
        />
        <Button
          look="main"
          disabled={stock === 0}
          busy={add.busy}
          onClick={() => add.run({ product_id: product.id, ...(variant && { sku: variant.sku }), quantity })}
        >
          {w.addToCart}
        </Button>
        <Link to="/cart" class="button button-plain">
          {w.toCart}
        </Link>
      </div>
      <Problem problem={add.problem} />
      <Wish productId={product.id} />
    </div>
  )
}

function Facts({ product: { attributes, tags } }: { product: Product }) {
  const facts = Object.entries(attributes)
  return (
    <>
      {facts.length > 0 && (
        <dl class="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 border-t border-line pt-4 text-sm">
          {facts.map(([name, value]) => (
            <>
              <dt class="text-soft capitalize">{name.replaceAll('_', ' ')}</dt>
              <dd>{`${value}`}</dd>
            </>
          ))}
        </dl>
      )}
      <p class="flex flex-wrap gap-2">
        {tags.map(tag => (
          <Link key={tag} to={`/search?tag=${encodeURIComponent(tag)}`} class="badge">
            #{tag}
          </Link>
        ))}
      </p>
    </>
  )
}

export default function ProductPage({ params: { id = '' } }: PageProps) {
  const w = words.value
  const { data: product, problem, reload } = useQuery<Product>(`/api/products/${encodeURIComponent(id)}`)
  titled(product?.name ?? '', w.shop)
  // What somebody looked at is remembered for their suggestions. Nothing depends on it.
  useEffect(() => {
    if (product && person.peek()) call('POST', '/api/search/views', { body: { product_id: product.id } }).catch(() => {})
  }, [product?.id])
  if (problem && [404, 422, 400].includes(problem.status)) return <NothingHere />
  return (
    <div class="grid gap-12">
      <Problem problem={problem} onRetry={reload} />
      <div class="grid gap-8 md:grid-cols-2">
        {product ? <Gallery images={product.images} name={product.name} /> : <Skeleton class="aspect-square" />}
        {product ? (
          <div class="grid content-start gap-5">
            <p class="text-sm text-soft">
              <Link to={`/search?category=${encodeURIComponent(product.category)}`} class="hover:underline">
                {product.category}
              </Link>
            </p>
            <h1 class="display text-3xl sm:text-4xl">{product.name}</h1>
            {product.rating && <Stars average={product.rating.average} count={product.rating.count} />}
            <p class="whitespace-pre-line">{product.description}</p>
            {product.status === 'active' ? <Buy key={product.id} product={product} /> : <Badge tone="warn">{w.noLongerSold}</Badge>}
            <Facts product={product} />
          </div>
        ) : (
          <Skeleton lines={8} class="h-6" />
        )}
      </div>
      <Recommended title={w.goesWith} path={`/api/recommendations/product/${encodeURIComponent(id)}?limit=4`} />
      <Reviews productId={id} />
    </div>
  )
}
