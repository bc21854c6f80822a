import { useState } from 'preact/hooks'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card, Empty } from '../../kit/card'
import { TextField } from '../../kit/field'
import { FilterBar, listQuery, Pager, SelectFilter, TextFilter } from '../../kit/filters'
import { Form } from '../../kit/form'
import { Money, Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { go, Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { ChosenBar, Table } from '../../kit/table'
import { ActOnChosen, useChosen } from '../parts/chosen'
import { State } from '../parts/states'
import type { Order } from '../types'

const filters = ['status', 'user_id', 'from', 'to']
const states = ['pending', 'awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled']
const keyOf = ({ id }: Order) => `${id}`

function Find() {
  const [number, setNumber] = useState('')
  return (
    <Form
      class="flex items-end gap-2"
      onSubmit={() => {
        if (/^\d+$/.test(number.trim())) go(`/orders/${number.trim()}`)
      }}
    >
      <TextField name="number" label="Order number" value={number} onInput={setNumber} inputMode="numeric" />
      <Button type="submit">Open</Button>
    </Form>
  )
}

export default function Orders() {
  titled('Orders', 'Shop admin')
  const { data, problem, loading, reload } = useQuery<Page<Order>>(`/api/orders?${listQuery(filters)}`, { keep: true })
  const chosen = useChosen(data?.items.map(keyOf))
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-end justify-between gap-4">
        <h1>Orders</h1>
        <Find />
      </div>
      <FilterBar names={filters}>
        <SelectFilter
          name="status"
          label="State"
          any="Any state"
          options={states.map(value => ({ value, label: value.replaceAll('_', ' ') }))}
        />
        <TextFilter name="user_id" label="Customer's number" />
        <TextFilter name="from" label="From" type="date" />
        <TextFilter name="to" label="Until" type="date" />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <ChosenBar chosen={chosen}>
        <ActOnChosen
          chosen={chosen}
          look="danger"
          label="Cancel these orders"
          title="Cancel these orders?"
          word="cancelled"
          under="/api/orders"
          act={(id, headers) => call('POST', `/api/orders/${id}/cancel`, { headers })}
        >
          The goods go back to the shelf, and what was paid is refunded. This cannot be taken back.
        </ActOnChosen>
      </ChosenBar>
      <Card flush>
        <Table
          caption="Orders"
          rows={data?.items}
          loading={loading}
          rowKey={keyOf}
          chosen={chosen}
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
            {
              title: 'Customer',
              cell: ({ user_id }) => (
                <Link to={`/users/${user_id}`} class="link">
                  {user_id}
                </Link>
              ),
            },
            { title: 'State', cell: ({ status }) => <State of={status} /> },
            { title: 'Payment', cell: ({ payment_status }) => payment_status.replaceAll('_', ' ') },
            { title: 'Total', end: true, cell: ({ total_amount, currency }) => <Money amount={total_amount} currency={currency} /> },
          ]}
          empty={<Empty title="No orders here">Take a filter away, or place a demo order in the control room.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </div>
  )
}
