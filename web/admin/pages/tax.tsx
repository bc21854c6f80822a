import { call, type Page } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { FilterBar, listQuery, Pager, TextFilter } from '../../kit/filters'
import { Money, percent } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { query } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { currentTab, Tabs } from '../../kit/tabs'
import { FormButton } from '../parts/form-button'
import { sendChange } from '../parts/send-change'
import { taxClasses } from '../parts/tax-classes'
import { changeOf, filled } from '../parts/values'
import type { TaxRate, TaxReport } from '../types'

const saved = () => {
  changed('/api/tax')
  say('Saved.')
}

const rateValues = ({ rate, valid_to }: Pick<TaxRate, 'rate' | 'valid_to'>) => ({ rate: `${rate}`, valid_to: valid_to ?? '' })

function Rates() {
  const { data, problem, loading, reload } = useQuery<Page<TaxRate>>(`/api/tax/rates?${listQuery(['country', 'region'])}`, { keep: true })
  return (
    <>
      <div class="flex flex-wrap items-end justify-between gap-4">
        <div class="flex-1">
          <FilterBar names={['country', 'region']}>
            <TextFilter name="country" label="Country" placeholder="DE" />
            <TextFilter name="region" label="Region" placeholder="CA" />
          </FilterBar>
        </div>
        <FormButton
          look="main"
          label="Add a rate"
          fields={[
            { name: 'country', label: 'Country', hint: 'Its code, such as DE', required: true },
            { name: 'region', label: 'Region' },
            { name: 'tax_class', label: 'Class', options: taxClasses, required: true },
            { name: 'rate', label: 'Percent', type: 'number', required: true },
            { name: 'valid_from', label: 'From', type: 'date', required: true },
            { name: 'valid_to', label: 'Until', type: 'date' },
            { name: 'source', label: 'Source' },
          ]}
          values={{ tax_class: 'standard' }}
          onSave={async (values, headers) => {
            await call('POST', '/api/tax/rates', { body: filled(values, ['rate']), headers })
            saved()
          }}
        />
      </div>
      <Problem problem={problem} onRetry={reload} />
      <Card flush>
        <Table
          caption="Tax rates"
          rows={data?.items}
          loading={loading}
          rowKey={({ id }) => `${id}`}
          columns={[
            { title: 'Country', cell: ({ country, region }) => `${country} ${region}` },
            { title: 'Class', cell: ({ tax_class }) => tax_class },
            { title: 'Rate', end: true, cell: ({ rate }) => <span class="number">{percent(rate / 100)}</span> },
            { title: 'From', cell: ({ valid_from }) => valid_from },
            { title: 'Until', cell: ({ valid_to }) => valid_to ?? 'open end' },
            {
              title: 'Change',
              end: true,
              cell: ({ id, country, tax_class, ...shown }) => (
                <span class="inline-flex gap-2">
                  <FormButton
                    small
                    label="Change"
                    title={`${country}, ${tax_class}`}
                    fields={[
                      { name: 'rate', label: 'Percent', type: 'number', required: true },
                      { name: 'valid_to', label: 'Until', type: 'date' },
                    ]}
                    values={rateValues(shown)}
                    onSave={async values => {
                      await sendChange(`/api/tax/rates/${id}`, changeOf(values, rateValues(shown), ['rate']))
                      saved()
                    }}
                  />
                  <Confirm
                    small
                    label="Delete"
                    title={`Delete ${country}, ${tax_class}?`}
                    onConfirm={async headers => {
                      await call('DELETE', `/api/tax/rates/${id}`, { headers })
                      changed('/api/tax')
                    }}
                  >
                    New orders are taxed without it. What was sold stays as it is.
                  </Confirm>
                </span>
              ),
            },
          ]}
          empty={<Empty title="No rates here">Without a rate, nothing is taxed there.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </>
  )
}

const day = (at: Date) => at.toISOString().slice(0, 10)

function Report() {
  const now = new Date()
  const from = query.value.get('from') ?? day(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)))
  const to = query.value.get('to') ?? day(now)
  const country = query.value.get('country')
  const { data, problem, loading, reload } = useQuery<TaxReport>(
    `/api/tax/report?from=${from}&to=${to}${country ? `&country=${country}` : ''}`,
    {
      keep: true,
    },
  )
  return (
    <>
      <FilterBar names={['from', 'to', 'country']}>
        <TextFilter name="from" label="From" type="date" />
        <TextFilter name="to" label="Until" type="date" />
        <TextFilter name="country" label="Country" placeholder="DE" />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <Card title={`${from} to ${to}`} flush>
        <Table
          caption="What was taxed"
          rows={data?.items}
          loading={loading}
          rowKey={item => JSON.stringify(item)}
          columns={[
            { title: 'Country', cell: item => `${item.country} ${item.region ?? ''}` },
            { title: 'Rate', end: true, cell: item => <span class="number">{percent(item.rate_ppm / 1_000_000)}</span> },
            { title: 'Net', end: true, cell: item => <Money amount={item.net} currency={item.currency} /> },
            { title: 'Tax', end: true, cell: item => <Money amount={item.tax} currency={item.currency} /> },
            {
              title: 'Refunded',
              end: true,
              cell: item => <Money amount={item.refunded_net + item.refunded_tax} currency={item.currency} />,
            },
          ]}
          empty={<Empty title="Nothing was sold">Choose other days.</Empty>}
        />
      </Card>
    </>
  )
}

export default function Tax() {
  titled('Tax', 'Shop admin')
  return (
    <div class="grid gap-6">
      <h1>Tax</h1>
      <Tabs
        label="Tax"
        tabs={[
          { name: 'rates', title: 'Rates' },
          { name: 'report', title: 'Report' },
        ]}
      />
      {currentTab('rates') === 'report' ? <Report /> : <Rates />}
    </div>
  )
}
