import { ask, ShopError } from './api'

export interface ServerEvent {
  id: string
  event: string
  data: string
}

const firstPauseMs = 1000
const longestPauseMs = 30_000

/** One event of a stream from its lines; undefined for a comment. */
const eventOf = (block: string): ServerEvent | undefined => {
  const fields: Record<string, string[]> = {}
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]+):? ?(.*)$/.exec(line) ?? []
    if (name) fields[name] = [...(fields[name] ?? []), value]
  }
  return fields.data && { id: fields.id?.at(-1) ?? '', event: fields.event?.at(-1) ?? 'message', data: fields.data.join('\n') }
}

async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const blocks = (rest + value.replaceAll('\r\n', '\n')).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = eventOf(block)
      if (event) yield event
    }
  }
}

interface Subscription {
  onEvent: (event: ServerEvent) => void
  /** Whether the stream is open, whenever that changes. */
  onState?: (open: boolean) => void
  signal: AbortSignal
}

/**
 * Follows a stream until `signal` aborts it. It connects again after a break, and asks for what it missed by Last-Event-ID. It ends by itself when the
 * stream does not exist or may not be read.
 */
export async function subscribe(path: string, { onEvent, onState, signal }: Subscription): Promise<void> {
  let last = ''
  let pauseMs = firstPauseMs
  while (!signal.aborted) {
    try {
      const response = await ask('GET', path, { signal, headers: { accept: 'text/event-stream', ...(last && { 'last-event-id': last }) } })
      onState?.(true)
      for await (const event of eventsOf(response)) {
        if (event.id) last = event.id
        pauseMs = firstPauseMs
        onEvent(event)
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ShopError && error.status >= 400 && error.status < 500 && error.status !== 429) throw error
    }
    onState?.(false)
    await new Promise(done => setTimeout(done, pauseMs * (0.75 + Math.random() / 2)))
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }
}
