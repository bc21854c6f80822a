import { call, type Page } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { FilterBar, listQuery, Pager, SelectFilter } from '../../kit/filters'
import { number, Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { currentTab, Tabs } from '../../kit/tabs'
import { FormButton } from '../parts/form-button'
import type { SkuStock, Stock, Warehouse } from '../types'

const product = ({ product_id, sku }: { product_id: string; sku: string }) => (
  <Link to={`/products/${product_id}`} class="link">
    {sku}
  </Link>
)
const count = (value: number) => <span class="number">{number(value)}</span>

function All() {
  const warehouses = useQuery<Page<Warehouse>>('/api/inventory/warehouses?limit=100')
  const { data, problem, loading, reload } = useQuery<Page<Stock>>(`/api/inventory?${listQuery(['warehouse'])}`, { keep: true })
  return (
    <>
      <FilterBar names={['warehouse']}>
        <SelectFilter
          name="warehouse"
          label="Warehouse"
          any="All"
          options={(warehouses.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
        />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <Card flush>
        <Table
          caption="Stock"
          rows={data?.items}
          loading={loading}
          rowKey={({ id }) => `${id}`}
          columns={[
            { title: 'SKU', cell: product },
            { title: 'Warehouse', cell: ({ warehouse }) => warehouse },
            { title: 'On hand', end: true, cell: ({ quantity }) => count(quantity) },
            { title: 'Reserved', end: true, cell: ({ reserved }) => count(reserved) },
            { title: 'Available', end: true, cell: ({ available }) => count(available) },
            { title: 'Changed', end: true, cell: ({ updated_at }) => <Time at={updated_at} as="ago" /> },
          ]}
          empty={<Empty title="Nothing in stock">Add a product with an opening stock.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </>
  )
}

function Low() {
  const { data, problem, loading, reload } = useQuery<Page<SkuStock>>(`/api/inventory/low-stock?${listQuery([])}`, { keep: true })
  return (
    <>
      <Problem problem={problem} onRetry={reload} />
      <Card flush>
        <Table
          caption="SKUs that are low in stock"
          rows={data?.items}
          loading={loading}
          rowKey={({ sku }) => sku}
          columns={[
            { title: 'SKU', cell: product },
            { title: 'Available', end: true, cell: ({ available }) => count(available) },
            { title: 'Low at', end: true, cell: ({ threshold }) => count(threshold) },
          ]}
          empty={<Empty title="Nothing is low">Each SKU has more than its threshold.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </>
  )
}

export default function StockPage() {
  titled('Stock', 'Shop admin')
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-center justify-between gap-4">
        <h1>Stock</h1>
        <FormButton
          label="Add a warehouse"
          fields={[{ name: 'name', label: 'Name', hint: 'Lower case, such as seoul', required: true }]}
          onSave={async ({ name = '' }, headers) => {
            await call('POST', '/api/inventory/warehouses', { body: { name }, headers })
            changed('/api/inventory')
            say('Added.')
          }}
        />
      </div>
      <Tabs
        label="Stock"
        tabs={[
          { name: 'all', title: 'All' },
          { name: 'low', title: 'Low' },
        ]}
      />
      {currentTab('all') === 'low' ? <Low /> : <All />}
    </div>
  )
}
