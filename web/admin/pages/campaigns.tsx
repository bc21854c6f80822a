import { call, type Page } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { FilterBar, listQuery, Pager, SelectFilter } from '../../kit/filters'
import { number, Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { campaignBody, newCampaign } from '../parts/campaign-form'
import { FormButton } from '../parts/form-button'
import type { Campaign } from '../types'

export const gives = ({ kind, value, currency, buy_quantity, get_quantity }: Campaign) =>
  ({
    percentage: `${value} % off`,
    fixed: `${value} ${currency ?? ''} off`,
    free_shipping: 'free shipping',
    buy_x_get_y: `buy ${buy_quantity}, get ${get_quantity}`,
  })[kind] ?? kind

export default function Campaigns() {
  titled('Campaigns', 'Shop admin')
  const { data, problem, loading, reload } = useQuery<Page<Campaign>>(`/api/promotions?${listQuery(['status'])}`, { keep: true })
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-center justify-between gap-4">
        <h1>Campaigns</h1>
        <FormButton
          look="main"
          label="Add a campaign"
          fields={newCampaign}
          values={{ kind: 'percentage' }}
          onSave={async (values, headers) => {
            await call('POST', '/api/promotions', { body: campaignBody(values), headers })
            changed('/api/promotions')
            say('Added.')
          }}
        />
      </div>
      <FilterBar names={['status']}>
        <SelectFilter
          name="status"
          label="State"
          any="Any state"
          options={['active', 'scheduled', 'ended'].map(value => ({ value, label: value }))}
        />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <Card flush>
        <Table
          caption="Campaigns"
          rows={data?.items}
          loading={loading}
          rowKey={({ id }) => `${id}`}
          columns={[
            {
              title: 'Campaign',
              cell: ({ id, name }) => (
                <Link to={`/campaigns/${id}`} class="link">
                  {name}
                </Link>
              ),
            },
            { title: 'Gives', cell: gives },
            { title: 'Code', cell: ({ code, automatic }) => code ?? (automatic ? 'by itself' : 'single-use') },
            { title: 'Until', cell: ({ ends_at }) => (ends_at ? <Time at={ends_at} as="day" /> : 'open end') },
            {
              title: 'Used',
              end: true,
              cell: ({ used = 0, total_limit }) => (
                <span class="number">
                  {number(used)}
                  {total_limit ? ` of ${number(total_limit)}` : ''}
                </span>
              ),
            },
          ]}
          empty={<Empty title="No campaigns here">Take the filter away, or add one.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </div>
  )
}
