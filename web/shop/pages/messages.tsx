import { useEffect } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card, Empty, Skeleton } from '../../kit/card'
import { listQuery, Pager } from '../../kit/filters'
import { Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { SignedIn } from '../parts/signed-in'
import type { Notification } from '../types'
import { words } from '../words'

/** The page of the shop that a message is about. Its own link leads to the shop's public address, which may be another one. */
const pageOf = ({ data }: Notification) => {
  const { order_id, product_id } = data as { order_id?: number; product_id?: string }
  return order_id ? `/orders/${order_id}` : product_id ? `/products/${product_id}` : undefined
}

function One({ message }: { message: Notification }) {
  const { id, title, text, created_at, read_at } = message
  const read = useAction<void>(async () => {
    await call('POST', `/api/notifications/${id}/read`)
    changed('/api/notifications?')
  })
  const page = pageOf(message)
  return (
    <li class="grid gap-1 border-b border-line py-4 first:pt-0 last:border-0 last:pb-0">
      <p class="flex flex-wrap items-baseline justify-between gap-3">
        <span class={read_at ? '' : 'font-semibold'}>
          {page ? (
            <Link to={page} class="hover:underline">
              {title}
            </Link>
          ) : (
            title
          )}
        </span>
        <span class="text-sm text-soft">
          <Time at={created_at} as="ago" />
        </span>
      </p>
      <p class="text-soft">{text}</p>
      {!read_at && (
        <p>
          <Button look="quiet" small busy={read.busy} onClick={() => read.run()}>
            {words.value.markRead}
          </Button>
        </p>
      )}
      <Problem problem={read.problem} />
    </li>
  )
}

function List() {
  const w = words.value
  const { data, problem, reload } = useQuery<Page<Notification>>(`/api/notifications?${listQuery([])}`, { keep: true })
  const all = useAction<void>(async () => {
    await call('POST', '/api/notifications/read-all')
    changed('/api/notifications?')
  })
  useEffect(() => {
    if (data) call('POST', '/api/notifications/seen').catch(() => {})
  }, [data === undefined])
  return (
    <>
      <div class="flex flex-wrap gap-2">
        <Button busy={all.busy} disabled={!data?.items.some(({ read_at }) => !read_at)} onClick={() => all.run()}>
          {w.markAllRead}
        </Button>
        <Link to="/account?tab=preferences" class="button button-quiet">
          {w.preferences}
        </Link>
      </div>
      <Problem problem={problem ?? all.problem} onRetry={reload} />
      <Card>
        {data ? (
          <ul>
            {data.items.map(message => (
              <One key={message.id} message={message} />
            ))}
          </ul>
        ) : (
          !problem && <Skeleton lines={5} class="h-14" />
        )}
        {data?.items.length === 0 && <Empty title={w.noMessages}>{w.noMessagesHint}</Empty>}
        <Pager page={data} />
      </Card>
    </>
  )
}

export default function Messages() {
  const w = words.value
  titled(w.messages, w.shop)
  return (
    <div class="grid gap-6">
      <h1>{w.messages}</h1>
      <SignedIn>
        <List />
      </SignedIn>
    </div>
  )
}
