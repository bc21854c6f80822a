import { ShopError } from './error.ts'

export interface Frame {
  id: string | undefined
  event: string
  data: string
}

/** Far more than any event of the shop: a stream that sends more without an end is forged or broken. */
const mostCharacters = 1_000_000
/** An id goes back in a header, which takes no other characters. */
const sendableId = /^[\x21-\x7e]{1,200}$/

/** Reads server-sent events, in whatever pieces they come. `onRetry` gets the pause that the stream asks for, in milliseconds. */
export const frameReader = (onRetry: (ms: number) => void) => {
  const decoder = new TextDecoder()
  let rest = ''
  let endedInReturn = false
  let fields: { id?: string; event?: string; data: string[] } = { data: [] }
  let held = 0

  const takeField = (line: string) => {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') fields.data.push(value)
    if (name === 'event') fields.event = value
    if (name === 'id' && sendableId.test(value)) fields.id = value
    if (name === 'retry' && /^\d{1,9}$/.test(value)) onRetry(Number(value))
  }
  /** The frame that an empty line ends; one without data tells nothing. */
  const endFrame = (): Frame[] => {
    const { id, event, data } = fields
    fields = { data: [] }
    held = 0
    return data.length > 0 ? [{ id, event: event || 'message', data: data.join('\n') }] : []
  }

  return {
    read(chunk: Uint8Array): Frame[] {
      let text = decoder.decode(chunk, { stream: true })
      if (endedInReturn && text.startsWith('\n')) text = text.slice(1)
      if (text !== '') endedInReturn = text.endsWith('\r')
      const lines = (rest + text).split(/\r\n|\r|\n/)
      rest = lines.pop() ?? ''
      const frames = lines.flatMap(line => {
        if (line === '') return endFrame()
        held += line.length
        takeField(line)
        return []
      })
      if (held + rest.length > mostCharacters) throw new ShopError('The stream sent an event without an end.', { code: 'bad_stream' })
      return frames
    },
  }
}
