import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { ask, call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card, Empty } from '../../kit/card'
import { Dialog } from '../../kit/dialog'
import { FilterBar, listQuery, Pager, SelectFilter, TextFilter } from '../../kit/filters'
import { Money, number } from '../../kit/format'
import { Notice, Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { useCategories } from '../parts/categories'
import { FormButton } from '../parts/form-button'
import { openingStock, productBody, productFields } from '../parts/product-form'
import type { ImportReport, Product } from '../types'

const filters = ['keyword', 'category', 'tag', 'in_stock']

function Import({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File>()
  const [report, setReport] = useState<ImportReport>()
  const send = useAction<void>(async () => {
    if (!file) return
    const type = file.name.endsWith('.csv') ? 'text/csv' : 'application/x-ndjson'
    setReport(await call<ImportReport>('POST', '/api/products/import', { body: await file.text(), headers: { 'content-type': type } }))
    changed('/api/')
  })
  return (
    <Dialog title="Import products" onClose={onClose} busy={send.busy}>
      <p class="text-soft">A file as the export makes it: CSV, or one JSON object a line. A known SKU is changed, a new one is added.</p>
      <label class="grid gap-1">
        <span class="text-sm font-semibold">File</span>
        <input type="file" class="control" accept=".csv,.ndjson,.jsonl" onChange={event => setFile(event.currentTarget.files?.[0])} />
      </label>
      {report && (
        <Notice
          tone={report.failed > 0 ? 'warn' : 'good'}
          title={`${report.created} added, ${report.updated} changed, ${report.failed} refused`}
        >
          <ul class="list-disc pl-5 text-sm">
            {report.errors.slice(0, 10).map(error => (
              <li key={JSON.stringify(error)}>{Object.values(error).join(': ')}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Problem problem={send.problem} />
      <Button look="main" busy={send.busy} disabled={!file} onClick={() => send.run()}>
        Import
      </Button>
    </Dialog>
  )
}

/** A file of all products, as the browser saves it. */
const download = async (format: 'csv' | 'ndjson') => {
  const response = await ask('GET', `/api/products/export?format=${format}`)
  const href = URL.createObjectURL(await response.blob())
  Object.assign(document.createElement('a'), { href, download: `products.${format}` }).click()
  URL.revokeObjectURL(href)
}

export default function Products() {
  titled('Products', 'Shop admin')
  const [importing, setImporting] = useState(false)
  // The search knows words; without one the catalog is listed, which also has what was changed this second.
  const searched = query.value.has('keyword')
  const { data, problem, loading, reload } = useQuery<Page<Product>>(
    searched ? `/api/search?${listQuery(filters)}` : `/api/products?${listQuery(filters.slice(1))}`,
    { keep: true },
  )
  const categories = useCategories()
  const save = useAction((format: 'csv' | 'ndjson') => download(format))
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-center justify-between gap-4">
        <h1>Products</h1>
        <span class="flex flex-wrap gap-2">
          <Button onClick={() => setImporting(true)}>Import</Button>
          <Button busy={save.busy} onClick={() => save.run('csv')}>
            Export
          </Button>
          <FormButton
            look="main"
            label="Add a product"
            fields={[...productFields(categories), openingStock]}
            onSave={async (values, headers) => {
              const { id } = await call<Product>('POST', '/api/products', { body: productBody(values), headers })
              changed('/api/')
              say(`Product ${id} is in the catalog.`)
            }}
          />
        </span>
      </div>
      <FilterBar names={filters}>
        <TextFilter name="keyword" label="Search" />
        <TextFilter name="category" label="Category" />
        <TextFilter name="tag" label="Tag" />
        <SelectFilter name="in_stock" label="Stock" any="Any" options={[{ value: 'true', label: 'In stock' }]} />
      </FilterBar>
      <Problem problem={problem ?? save.problem} onRetry={reload} />
      <Card flush>
        <Table
          caption="Products"
          rows={data?.items}
          loading={loading}
          rowKey={({ id }) => id}
          columns={[
            {
              title: 'Product',
              cell: ({ id, name, images: [image] }) => (
                <span class="flex items-center gap-3">
                  {image?.startsWith('/') && <img src={image} alt="" width="40" height="40" class="rounded-control bg-sunken" />}
                  <Link to={`/products/${id}`} class="link">
                    {name}
                  </Link>
                </span>
              ),
            },
            { title: 'SKU', cell: ({ sku }) => sku },
            { title: 'Category', cell: ({ category }) => category },
            { title: 'Stock', end: true, cell: ({ stock }) => <span class="number">{number(stock)}</span> },
            { title: 'Price', end: true, sort: 'price', cell: ({ price, currency }) => <Money amount={price} currency={currency} /> },
          ]}
          empty={<Empty title="No products here">Take a filter away, add a product, or import a file.</Empty>}
        />
        <Pager page={data} />
      </Card>
      {importing && <Import onClose={() => setImporting(false)} />}
    </div>
  )
}
