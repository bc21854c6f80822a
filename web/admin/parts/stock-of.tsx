import { call } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { number } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Table } from '../../kit/table'
import type { ProductStock } from '../types'
import { FormButton } from './form-button'

/** The stock of a product by SKU and warehouse, with what can be done about it. */
export function StockOf({ productId }: { productId: string }) {
  const path = `/api/inventory/${productId}`
  const { data, problem, reload } = useQuery<ProductStock>(path)
  return (
    <Card title="Stock" flush>
      <Problem problem={problem} onRetry={reload} />
      <Table
        caption="Stock by SKU and warehouse"
        rows={data?.items}
        rowKey={({ id }) => `${id}`}
        columns={[
          { title: 'SKU', cell: ({ sku }) => sku },
          { title: 'Warehouse', cell: ({ warehouse }) => warehouse },
          { title: 'On hand', end: true, cell: ({ quantity }) => <span class="number">{number(quantity)}</span> },
          { title: 'Reserved', end: true, cell: ({ reserved }) => <span class="number">{number(reserved)}</span> },
          { title: 'Available', end: true, cell: ({ available }) => <span class="number">{number(available)}</span> },
          {
            title: 'Change',
            end: true,
            cell: ({ sku, warehouse }) => (
              <span class="inline-flex gap-2">
                <FormButton
                  small
                  label="Adjust"
                  title={`${sku} in ${warehouse}`}
                  fields={[
                    { name: 'delta', label: 'Pieces', type: 'number', hint: 'Such as 24, or -2', required: true },
                    { name: 'reason', label: 'Reason', required: true },
                  ]}
                  onSave={async ({ delta = '', reason = '' }, headers) => {
                    await call('POST', `${path}/adjust`, { body: { delta: Number(delta), reason, sku, warehouse }, headers })
                    changed('/api/')
                    say('Adjusted.')
                  }}
                />
                <FormButton
                  small
                  label="Threshold"
                  title={`When is ${sku} low?`}
                  fields={[{ name: 'threshold', label: 'Low at or below', type: 'number', required: true }]}
                  onSave={async ({ threshold = '' }) => {
                    await call('PUT', `${path}/threshold`, { body: { threshold: Number(threshold), sku } })
                    changed('/api/')
                    say('Saved.')
                  }}
                />
              </span>
            ),
          },
        ]}
        empty={<Empty title="Not counted yet">Its opening stock arrives in a moment.</Empty>}
      />
    </Card>
  )
}
