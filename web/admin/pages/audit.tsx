import type { Page } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { FilterBar, listQuery, Pager, TextFilter } from '../../kit/filters'
import { Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import type { AuditEntry } from '../types'

const filters = ['user_id', 'actor_id']
const user = (id: number | null) =>
  id === null ? (
    '–'
  ) : (
    <Link to={`/users/${id}`} class="link">
      {id}
    </Link>
  )

export default function Audit() {
  titled('Audit log', 'Shop admin')
  const { data, problem, loading, reload } = useQuery<Page<AuditEntry>>(`/api/users/audit?${listQuery(filters)}`, { keep: true })
  return (
    <div class="grid gap-6">
      <h1>Audit log</h1>
      <FilterBar names={filters}>
        <TextFilter name="user_id" label="About user" />
        <TextFilter name="actor_id" label="Done by" />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <Card flush>
        <Table
          caption="Audit log"
          rows={data?.items}
          loading={loading}
          rowKey={({ id }) => `${id}`}
          columns={[
            { title: 'When', cell: ({ at }) => <Time at={at} /> },
            { title: 'What', cell: ({ action }) => action },
            {
              title: 'Detail',
              cell: ({ detail }) => (
                <span class="text-sm text-soft">{typeof detail === 'string' ? detail : detail && JSON.stringify(detail)}</span>
              ),
            },
            { title: 'By', end: true, cell: ({ actor_id }) => user(actor_id) },
            { title: 'About', end: true, cell: ({ user_id }) => user(user_id) },
          ]}
          empty={<Empty title="Nothing here">Take a filter away.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </div>
  )
}
