import { call, type Page } from '../../kit/api'
import { Card, Empty, Skeleton } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { listQuery, Pager } from '../../kit/filters'
import { Money, number, Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link, type PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { Trail } from '../../kit/tabs'
import { ChangeProduct } from '../parts/change-product'
import { State } from '../parts/states'
import { StockOf } from '../parts/stock-of'
import type { Product, StockMovement } from '../types'

function Movements({ id }: { id: string }) {
  const { data, problem, loading, reload } = useQuery<Page<StockMovement>>(`/api/inventory/${id}/movements?${listQuery([], 10)}`, {
    keep: true,
  })
  return (
    <Card title="Movements" flush>
      <Problem problem={problem} onRetry={reload} />
      <Table
        caption="Movements of the stock"
        rows={data?.items}
        loading={loading}
        rowKey={({ id: movement }) => `${movement}`}
        columns={[
          { title: 'When', cell: ({ created_at }) => <Time at={created_at} /> },
          { title: 'SKU', cell: ({ sku }) => sku },
          { title: 'Warehouse', cell: ({ warehouse }) => warehouse },
          {
            title: 'Why',
            cell: ({ kind, reason, order_id }) =>
              order_id ? (
                <Link to={`/orders/${order_id}`} class="link">
                  {kind.replaceAll('_', ' ')} #{order_id}
                </Link>
              ) : (
                (reason ?? kind.replaceAll('_', ' '))
              ),
          },
          {
            title: 'Pieces',
            end: true,
            cell: ({ delta }) => <span class="number">{delta > 0 ? `+${number(delta)}` : number(delta)}</span>,
          },
        ]}
        empty={<Empty title="Nothing moved yet" />}
      />
      <Pager page={data} />
    </Card>
  )
}

export default function ProductPage({ params: { id = '' } }: PageProps) {
  const { data: product, problem, reload } = useQuery<Product>(`/api/products/${encodeURIComponent(id)}`)
  titled(product?.name ?? 'Product', 'Shop admin')
  return (
    <div class="grid gap-6">
      <Trail steps={[{ to: '/products', title: 'Products' }]} />
      <Problem problem={problem} onRetry={reload} />
      {!product && !problem && <Skeleton lines={6} class="h-10" />}
      {product && (
        <>
          <div class="flex flex-wrap items-center justify-between gap-4">
            <h1 class="flex flex-wrap items-center gap-3">
              {product.name} <State of={product.status} />
            </h1>
            <span class="flex flex-wrap gap-2">
              <a class="button button-quiet" href={`/products/${product.id}`}>
                In the shop
              </a>
              <ChangeProduct id={product.id} />
              <Confirm
                label="Take off sale"
                title={`Take ${product.name} off sale?`}
                onConfirm={async headers => {
                  await call('DELETE', `/api/products/${product.id}`, { headers })
                  changed('/api/')
                  say('It is no longer sold.')
                }}
              >
                It disappears from the shop and from carts. Orders that have it stay as they are.
              </Confirm>
            </span>
          </div>
          <Card>
            <div class="grid gap-3 sm:grid-cols-[1fr_auto]">
              <p class="max-w-prose whitespace-pre-line">{product.description}</p>
              <strong class="text-2xl">
                <Money amount={product.price} currency={product.currency} />
              </strong>
              <p class="text-sm text-soft">
                {product.category} · {product.tax_class} · {product.tags.join(', ')}
              </p>
            </div>
          </Card>
          <StockOf productId={product.id} />
          <Movements id={product.id} />
        </>
      )}
    </div>
  )
}
