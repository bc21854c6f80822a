import { effect, signal } from '@preact/signals'
import { person } from '../kit/session'
import { subscribe } from '../kit/stream'

/** An event as the control room is told of it: ids, states and times alone. */
export interface LiveEvent {
  id: string
  type: string
  source: string
  time: string
  aggregate?: { type: string; id: string; version: number }
  order_id?: number
  status?: string
  previous?: string
  payment_status?: string
  reason?: string
}

const mostShown = 300

/** The newest first. */
export const events = signal<readonly LiveEvent[]>([])
/** Nothing moves while this is true: neither events nor figures. What happens meanwhile comes afterwards. */
export const paused = signal(false)
export const live = signal(false)

const listeners = new Set<(event: LiveEvent) => void>()
/** Returns a function that stops listening. */
export const onLiveEvent = (listener: (event: LiveEvent) => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

let waiting: LiveEvent[] = []
const show = (incoming: readonly LiveEvent[]) => {
  events.value = [...incoming.toReversed(), ...events.value].slice(0, mostShown)
  for (const event of incoming) for (const listener of listeners) listener(event)
}

/** Follows what happens for as long as an administrator is here. */
export const followEvents = () => {
  let ending: AbortController | undefined
  effect(() => {
    const isAdmin = person.value?.role === 'admin'
    if (isAdmin === (ending !== undefined)) return
    ending?.abort()
    ending = undefined
    if (!isAdmin) return
    const controller = new AbortController()
    ending = controller
    void subscribe<LiveEvent>('/api/discovery/stream', {
      signal: controller.signal,
      onLive: now => {
        live.value = now
      },
      onEvent: ({ data }) => {
        if (paused.peek()) waiting = [...waiting, data].slice(-mostShown)
        else show([data])
      },
    }).catch(() => {
      live.value = false
    })
  })
}

export const resume = () => {
  paused.value = false
  const missed = waiting
  waiting = []
  show(missed)
}
