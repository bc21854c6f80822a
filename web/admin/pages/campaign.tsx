import { call, type Page } from '../../kit/api'
import { Card, Empty, Skeleton, Stat } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { listQuery, Pager } from '../../kit/filters'
import { number } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { go, Link, type PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { Trail } from '../../kit/tabs'
import { campaignChange, campaignValues, changedCampaign } from '../parts/campaign-form'
import { FormButton } from '../parts/form-button'
import { sendChange } from '../parts/send-change'
import type { Campaign, CampaignCode } from '../types'
import { gives } from './campaigns'

function Codes({ id }: { id: number }) {
  const { data, problem, loading, reload } = useQuery<Page<CampaignCode>>(`/api/promotions/${id}/codes?${listQuery(['used'])}`, {
    keep: true,
  })
  return (
    <Card
      title="Single-use codes"
      flush
      actions={
        <FormButton
          label="Make codes"
          fields={[{ name: 'count', label: 'How many', type: 'number', required: true }]}
          onSave={async ({ count = '' }, headers) => {
            await call('POST', `/api/promotions/${id}/codes`, { body: { count: Number(count) }, headers })
            changed('/api/promotions')
            say('The codes are in the list.')
          }}
        />
      }
    >
      <Problem problem={problem} onRetry={reload} />
      <Table
        caption="Single-use codes"
        rows={data?.items}
        loading={loading}
        rowKey={({ code }) => code}
        columns={[
          { title: 'Code', cell: ({ code }) => <span class="font-mono">{code}</span> },
          {
            title: 'Used by',
            cell: ({ order_id }) =>
              order_id ? (
                <Link to={`/orders/${order_id}`} class="link">
                  #{order_id}
                </Link>
              ) : (
                'nobody yet'
              ),
          },
        ]}
        empty={<Empty title="No single-use codes">Make some to send to customers one by one.</Empty>}
      />
      <Pager page={data} />
    </Card>
  )
}

export default function CampaignPage({ params: { id = '' } }: PageProps) {
  const path = `/api/promotions/${encodeURIComponent(id)}`
  const { data: campaign, problem, reload } = useQuery<Campaign>(path)
  titled(campaign?.name ?? 'Campaign', 'Shop admin')
  return (
    <div class="grid gap-6">
      <Trail steps={[{ to: '/campaigns', title: 'Campaigns' }]} />
      <Problem problem={problem} onRetry={reload} />
      {!campaign && !problem && <Skeleton lines={5} class="h-10" />}
      {campaign && (
        <>
          <div class="flex flex-wrap items-center justify-between gap-4">
            <h1>{campaign.name}</h1>
            <span class="flex gap-2">
              <FormButton
                key={campaign.updated_at ?? ''}
                label="Change"
                fields={changedCampaign}
                values={campaignValues(campaign)}
                onSave={async values => {
                  await sendChange(path, campaignChange(values, campaign))
                  changed('/api/promotions')
                  say('Saved.')
                }}
              />
              <Confirm
                label="Delete"
                title={`Delete ${campaign.name}?`}
                onConfirm={async headers => {
                  await call('DELETE', path, { headers })
                  changed('/api/promotions')
                  go('/campaigns')
                }}
              >
                Orders that have it keep it. Nobody gets it any more.
              </Confirm>
            </span>
          </div>
          <div class="grid gap-4 sm:grid-cols-3">
            <Stat label="Gives" value={gives(campaign)} />
            <Stat label="Code" value={campaign.code ?? (campaign.automatic ? 'by itself' : 'single-use')} />
            <Stat
              label="Used"
              value={number(campaign.used ?? 0)}
              note={campaign.total_limit ? `of ${number(campaign.total_limit)}` : 'no limit'}
            />
          </div>
          <Codes id={campaign.id} />
        </>
      )}
    </div>
  )
}
