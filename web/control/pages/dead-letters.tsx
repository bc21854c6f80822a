import { useSignal } from '@preact/signals'
import { deleteDeadLetters, replayDeadLetter, replayDeadLetters } from '../../../sdk/src/api/discovery.ts'
import type { DeadLetter, DeadLetterQueues, WholeDeadLetter } from '../../../sdk/src/api/model.ts'
import { useAction } from '../../kit/action'
import { shop } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card, Empty } from '../../kit/card'
import { Confirm, Dialog } from '../../kit/dialog'
import { FilterBar, TextFilter } from '../../kit/filters'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { ChosenBar, Table } from '../../kit/table'
import { every, Stale, span } from '../look'
import { Replay } from '../replay'

const filters = ['queue', 'type', 'order_id', 'reason']
const keyOf = ({ queue, id }: DeadLetter) => `${queue} ${id}`

/** The filter of the address, as the API takes it. An order's number that is none is left out. */
const filterOf = (names: readonly string[]) => {
  const given = names.flatMap(name => {
    const value = query.value.get(name)
    return value && (name !== 'order_id' || /^[1-9]\d{0,14}$/.test(value)) ? [[name, value] as const] : []
  })
  return Object.fromEntries(given)
}

function Body({ letter, onClose }: { letter: DeadLetter; onClose: () => void }) {
  const { data, problem } = useQuery<WholeDeadLetter>(`/api/discovery/dead-letters/${letter.queue}/${encodeURIComponent(letter.id)}`)
  return (
    <Dialog title={letter.type} onClose={onClose}>
      <Problem problem={problem} />
      <p class="break-words text-sm">{letter.reason}</p>
      <pre class="whitespace-pre-wrap break-all rounded-control bg-sunken p-3 text-xs">{data ? pretty(data.body) : '…'}</pre>
    </Dialog>
  )
}
const pretty = (body: string) => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

export default function DeadLettersPage() {
  titled('Dead letters', 'Control room')
  const filter = filterOf(filters)
  const { data, at, problem, loading } = useQuery<DeadLetterQueues>(
    `/api/discovery/dead-letters?${new URLSearchParams({ ...filter, limit: '100' })}`,
    {
      keep: true,
      ...every(10_000),
    },
  )
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const opened = useSignal<DeadLetter | undefined>(undefined)
  const letters = data?.queues.flatMap(({ items }) => items)
  const queues = data?.queues ?? []
  const { queue: _, ...within } = filter
  const done = (what: string) => {
    chosen.value = new Set()
    say(what)
    changed('/api/discovery/')
  }
  const replayChosen = useAction(async () => {
    const some = letters?.filter(letter => chosen.value.has(keyOf(letter))) ?? []
    for (const { queue, id } of some) await replayDeadLetter(shop, queue, id)
    done(`${some.length} are in their queues again`)
  })
  const all = async (act: typeof replayDeadLetters | typeof deleteDeadLetters, what: string) => {
    let count = 0
    for (const { queue } of queues) {
      const result = await act(shop, queue, { ...within, limit: 1000 })
      count += 'replayed' in result ? result.replayed : result.removed
    }
    done(`${count} ${what}`)
  }
  return (
    <div class="grid gap-6">
      <h1>Dead letters</h1>
      <p class="max-w-prose text-soft">
        Messages that a service could not handle after all of its attempts. Mend the cause, then replay them: a handler is safe to repeat.
      </p>
      <Stale problem={problem} since={at} />
      <FilterBar names={filters}>
        <TextFilter name="queue" label="Queue" placeholder="tax.order-events" />
        <TextFilter name="type" label="Event" placeholder="order.created" />
        <TextFilter name="order_id" label="Order" placeholder="17" />
        <TextFilter name="reason" label="Part of the reason" placeholder="timeout" />
      </FilterBar>
      <ChosenBar chosen={chosen}>
        <Button small busy={replayChosen.busy} onClick={() => replayChosen.run()}>
          Replay them
        </Button>
      </ChosenBar>
      <Problem problem={replayChosen.problem} />
      <Card
        flush
        title={letters ? `${queues.reduce((sum, { count }) => sum + count, 0)} in ${queues.length} queues` : 'Looking …'}
        actions={
          letters &&
          letters.length > 0 && (
            <>
              <Confirm
                small
                look="main"
                label="Replay all that match"
                title="Replay all of these?"
                onConfirm={() => all(replayDeadLetters, 'replayed')}
              >
                Up to 1000 of each queue shown here are put back. Those that fail again come back here.
              </Confirm>
              <Confirm small label="Delete all that match" title="Delete all of these?" onConfirm={() => all(deleteDeadLetters, 'deleted')}>
                What they told is then done by nobody. This cannot be taken back: replay them if in doubt.
              </Confirm>
            </>
          )
        }
      >
        <Table
          caption="Dead letters"
          rows={letters}
          loading={loading && !data}
          rowKey={keyOf}
          chosen={chosen}
          columns={[
            {
              title: 'Event',
              cell: letter => (
                <button type="button" class="link break-all text-left" onClick={() => (opened.value = letter)}>
                  {letter.type}
                </button>
              ),
            },
            { title: 'Queue', cell: ({ queue }) => <code class="break-all">{queue}</code> },
            { title: 'Reason', cell: ({ reason, attempts }) => `${reason}${attempts > 0 ? ` (${attempts} attempts)` : ''}` },
            { title: 'Waits for', end: true, cell: ({ age_seconds }) => (age_seconds === null ? '–' : span(age_seconds * 1000)) },
            {
              title: 'Order',
              cell: ({ order_id }) =>
                order_id === undefined ? (
                  '–'
                ) : (
                  <Link to={`/orders/${order_id}`} class="link">
                    {order_id}
                  </Link>
                ),
            },
            { title: 'Act', end: true, cell: letter => <Replay letter={letter} /> },
          ]}
          empty={
            <Empty title="No dead letters">
              {filters.some(name => query.value.has(name)) ? 'None is like that: take a filter away.' : 'Every message was handled.'}
            </Empty>
          }
        />
      </Card>
      {opened.value && <Body letter={opened.value} onClose={() => (opened.value = undefined)} />}
    </div>
  )
}
