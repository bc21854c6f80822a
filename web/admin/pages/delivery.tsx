import { call } from '../../kit/api'
import { Card, Skeleton } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Time } from '../../kit/format'
import { Notice, Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import { Trail } from '../../kit/tabs'
import { State } from '../parts/states'
import type { DeliveryDetail } from '../types'

export default function DeliveryPage({ params: { id = '' } }: PageProps) {
  titled(`Message ${id}`, 'Shop admin')
  const path = `/api/notifications/deliveries/${encodeURIComponent(id)}`
  const { data: delivery, problem, reload } = useQuery<DeliveryDetail>(path, { everyMs: 5000 })
  return (
    <div class="grid gap-6">
      <Trail steps={[{ to: '/deliveries', title: 'Messages' }]} />
      <Problem problem={problem} onRetry={reload} />
      {!delivery && !problem && <Skeleton lines={6} class="h-10" />}
      {delivery && (
        <>
          <div class="flex flex-wrap items-center justify-between gap-4">
            <h1 class="flex flex-wrap items-center gap-3">
              {delivery.kind.replaceAll('_', ' ')} <State of={delivery.state} />
            </h1>
            <Confirm
              look="plain"
              label="Send again"
              title="Send this message again?"
              onConfirm={async headers => {
                await call('POST', `${path}/resend`, { headers })
                changed('/api/notifications')
                say('It is sent again.')
              }}
            >
              The person may get it twice.
            </Confirm>
          </div>
          {delivery.reason && <Notice tone="warn">{delivery.reason}</Notice>}
          <Card title="What was sent">
            {delivery.content ? (
              <div class="grid gap-3">
                <p class="text-sm text-soft">
                  to {delivery.content.to}, in {delivery.content.language}
                </p>
                {delivery.content.subject && <h3>{delivery.content.subject}</h3>}
                <pre class="max-w-prose font-sans whitespace-pre-wrap">{delivery.content.text}</pre>
              </div>
            ) : (
              <p class="text-soft">Its text is no longer kept, or not written yet.</p>
            )}
          </Card>
          <Card title="What happened">
            <ol class="grid gap-2">
              {delivery.history.map(({ at, state, detail }) => (
                <li key={at} class="flex flex-wrap items-center gap-3">
                  <State of={state} /> <Time at={at} /> <span class="text-sm text-soft">{detail}</span>
                </li>
              ))}
            </ol>
          </Card>
        </>
      )}
    </div>
  )
}
