import type { Page } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { FilterBar, listQuery, Pager, TextFilter } from '../../kit/filters'
import { Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { State } from '../parts/states'
import type { Account } from '../types'

export default function Users() {
  titled('Users', 'Shop admin')
  const { data, problem, loading, reload } = useQuery<Page<Account>>(`/api/users?${listQuery(['search'])}`, { keep: true })
  return (
    <div class="grid gap-6">
      <h1>Users</h1>
      <FilterBar names={['search']}>
        <TextFilter name="search" label="Search" placeholder="E-mail or username" />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <Card flush>
        <Table
          caption="Users"
          rows={data?.items}
          loading={loading}
          rowKey={({ id }) => `${id}`}
          columns={[
            {
              title: 'Account',
              cell: ({ id, username }) => (
                <Link to={`/users/${id}`} class="link">
                  {username}
                </Link>
              ),
            },
            { title: 'Name', cell: ({ full_name }) => full_name },
            { title: 'E-mail', cell: ({ email }) => email },
            { title: 'Role', cell: ({ role }) => role },
            { title: 'State', cell: ({ blocked }) => <State of={blocked ? 'blocked' : 'active'} /> },
            { title: 'Since', end: true, cell: ({ created_at }) => <Time at={created_at} as="day" /> },
          ]}
          empty={<Empty title="Nobody like that">Search by the beginning of an e-mail address or a username.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </div>
  )
}
