import { call, type Page } from '../../kit/api'
import { Card, Empty, Skeleton } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Money, Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { go, Link, type PageProps } from '../../kit/route'
import { person } from '../../kit/session'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { Trail } from '../../kit/tabs'
import { FormButton } from '../parts/form-button'
import { State } from '../parts/states'
import type { Account, Order } from '../types'

function Acts({ account }: { account: Account }) {
  const { id, role, blocked, mfa_enabled } = account
  // Nobody locks themselves out by mistake.
  if (person.value?.id === id) return null
  const change = (body: object, told: string) => async (headers: Record<string, string>) => {
    await call('PATCH', `/api/users/${id}`, { body, headers })
    changed('/api/users')
    say(told)
  }
  return (
    <span class="flex flex-wrap gap-2">
      {blocked ? (
        <Confirm look="plain" label="Unblock" title="Let this person sign in again?" onConfirm={change({ blocked: false }, 'Unblocked.')}>
          Their sessions stay ended; they sign in anew.
        </Confirm>
      ) : (
        <Confirm label="Block" title="Block this account?" onConfirm={change({ blocked: true }, 'Blocked.')}>
          All of their sessions end within seconds, and they cannot sign in. Their orders go on.
        </Confirm>
      )}
      {role === 'admin' ? (
        <Confirm label="Make a customer" title="Take the administrator's rights away?" onConfirm={change({ role: 'customer' }, 'Changed.')}>
          This person can no longer open the admin or the control room.
        </Confirm>
      ) : (
        <Confirm label="Make an administrator" title="Give an administrator's rights?" onConfirm={change({ role: 'admin' }, 'Changed.')}>
          This person may then see and change everything.
        </Confirm>
      )}
      {mfa_enabled && (
        <Confirm
          label="Take the second factor off"
          title="Take the second factor off?"
          onConfirm={async headers => {
            await call('DELETE', `/api/users/${id}/mfa`, { headers })
            changed('/api/users')
            say('It is off.')
          }}
        >
          For someone who lost both the phone and the recovery codes. Make sure that it is really them.
        </Confirm>
      )}
      {role !== 'admin' && (
        <FormButton
          label="Erase"
          title="Erase this account for good?"
          look="danger"
          fields={[
            {
              name: 'current_password',
              label: 'Your own password',
              type: 'password',
              hint: 'The person’s data goes from every service, and nobody can bring it back. Orders and reviews stay, without the person.',
              required: true,
            },
          ]}
          onSave={async (proof, headers) => {
            await call('DELETE', `/api/users/${id}`, { body: proof, headers })
            go('/users', { replace: true })
            say('Erased.')
          }}
        />
      )}
    </span>
  )
}

function Orders({ userId }: { userId: string }) {
  const { data, loading } = useQuery<Page<Order>>(`/api/orders?user_id=${encodeURIComponent(userId)}&limit=10`)
  return (
    <Card
      title="Newest orders"
      flush
      actions={
        <Link to={`/orders?user_id=${userId}`} class="link">
          All
        </Link>
      }
    >
      <Table
        caption="Newest orders"
        rows={data?.items}
        loading={loading}
        skeletonRows={3}
        rowKey={({ id }) => `${id}`}
        columns={[
          {
            title: 'Order',
            cell: ({ id }) => (
              <Link to={`/orders/${id}`} class="link">
                #{id}
              </Link>
            ),
          },
          { title: 'Placed', cell: ({ created_at }) => <Time at={created_at} /> },
          { title: 'State', cell: ({ status }) => <State of={status} /> },
          { title: 'Total', end: true, cell: ({ total_amount, currency }) => <Money amount={total_amount} currency={currency} /> },
        ]}
        empty={<Empty title="No orders" />}
      />
    </Card>
  )
}

export default function UserPage({ params: { id = '' } }: PageProps) {
  const { data: account, problem, reload } = useQuery<Account>(`/api/users/${encodeURIComponent(id)}`)
  titled(account?.username ?? 'User', 'Shop admin')
  return (
    <div class="grid gap-6">
      <Trail steps={[{ to: '/users', title: 'Users' }]} />
      <Problem problem={problem} onRetry={reload} />
      {!account && !problem && <Skeleton lines={5} class="h-10" />}
      {account && (
        <>
          <div class="flex flex-wrap items-center justify-between gap-4">
            <h1 class="flex flex-wrap items-center gap-3">
              {account.full_name} <State of={account.blocked ? 'blocked' : 'active'} />
            </h1>
            <Acts account={account} />
          </div>
          <Card>
            <p>
              {account.username} · {account.email} {account.email_verified ? '' : '(not confirmed)'} · {account.role}
            </p>
            <p class="text-sm text-soft">
              since <Time at={account.created_at} /> · second factor {account.mfa_enabled ? 'on' : 'off'}
            </p>
            <p class="pt-3">
              <Link to={`/audit?user_id=${account.id}`} class="link">
                In the audit log
              </Link>
              {' · '}
              <Link to={`/deliveries?user_id=${account.id}`} class="link">
                Messages
              </Link>
            </p>
          </Card>
        </>
      )}
      <Orders userId={id} />
    </div>
  )
}
