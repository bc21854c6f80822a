import { useEffect, useState } from 'preact/hooks'
import type { Order, OrderStory, Payment, Shipment } from '../../sdk/src/api/model.ts'
import { Card } from '../kit/card'
import { Time } from '../kit/format'
import { paused } from './live'
import { span } from './look'
import { pendingOf } from './pending'

/** The time now, each second. */
const useNow = () => {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => !paused.peek() && setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

interface Props {
  order: Order
  payments: readonly Payment[] | undefined
  shipments: readonly Shipment[] | undefined
  story: OrderStory | undefined
  letters: number
}

/** What the order waits for, until when, and what will end it. */
export function Next({ letters, ...known }: Props) {
  const now = useNow()
  const pending = pendingOf(known)
  return (
    <Card title="What is due next">
      {letters > 0 && (
        <p class="pb-3 text-bad">
          {letters === 1 ? 'One of its messages was' : `${letters} of its messages were`} given up: the order may wait for what a replay
          would bring.
        </p>
      )}
      {pending.length === 0 && <p class="text-soft">Nothing: this order is over.</p>}
      <ul class="grid gap-4">
        {pending.map(({ waits, until, ends }) => (
          <li key={waits} class="grid gap-1">
            <strong>It waits for {waits}</strong>
            {until && (
              <span class="number">
                {Date.parse(until) > now ? `${span(Date.parse(until) - now)} left` : `overdue by ${span(now - Date.parse(until))}`}, until{' '}
                <Time at={until} as="clock" />
              </span>
            )}
            <ul class="list-disc pl-5 text-sm text-soft">
              {ends.map(end => (
                <li key={end}>{end}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Card>
  )
}
