import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Card, Skeleton } from '../../kit/card'
import { Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { deviceOf } from '../device'
import type { Session } from '../types'
import { words } from '../words'

export function Sessions() {
  const w = words.value
  const { data, problem, reload } = useQuery<Page<Session>>('/api/users/me/sessions?limit=50')
  const end = useAction(async (id: string) => {
    await call('DELETE', `/api/users/me/sessions/${id}`)
    changed('/api/users/me/sessions')
  })
  return (
    <Card title={w.sessions}>
      <Problem problem={problem ?? end.problem} onRetry={reload} />
      {!data && !problem && <Skeleton lines={2} class="h-12" />}
      <ul>
        {data?.items.map(({ id, current, user_agent, client_address, last_used_at }) => (
          <li key={id} class="grid grid-cols-[1fr_auto] items-center gap-3 border-b border-line py-3 first:pt-0 last:border-0 last:pb-0">
            <span class="min-w-0">
              <span class="block truncate" title={user_agent ?? undefined}>
                {user_agent ? deviceOf(user_agent) : w.unknownDevice}
              </span>
              <span class="text-sm text-soft">
                {client_address} · <Time at={last_used_at} as="ago" />
              </span>
            </span>
            {current ? (
              <Badge tone="brand">{w.thisDevice}</Badge>
            ) : (
              <Button small busy={end.busy} onClick={() => end.run(id)}>
                {w.endSession}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
