import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { newKey } from '../../sdk/src/fetch.ts'
import { ShopError } from './api'

export interface Action<Input> {
  run: (input: Input) => Promise<boolean>
  busy: boolean
  problem: ShopError | undefined
  /** Takes the problem away, for instance when a dialog closes. */
  clear: () => void
}

interface Context {
  /** Stays the same while the same thing is tried again. */
  key: string
  headers: { 'idempotency-key': string }
}

/** Whether the shop has decided. Without an answer it may have done it already, so the next try has to be recognised. */
const isDecided = ({ status }: ShopError) => status >= 400 && status < 500 && status !== 429 && status !== 408

/**
 * Something that changes the shop: once at a time, whatever is clicked meanwhile. When it is tried again after no answer, the key is the same, so it
 * happens once. `run` resolves with whether it worked; otherwise `problem` says why not.
 */
export function useAction<Input = void>(act: (input: Input, context: Context) => Promise<unknown>): Action<Input> {
  const busy = useSignal(false)
  const problem = useSignal<ShopError | undefined>(undefined)
  const intent = useRef({ input: '', key: '' })
  const gone = useRef(false)
  useEffect(() => {
    gone.current = false
    return () => {
      gone.current = true
    }
  }, [])

  const run = async (input: Input) => {
    if (busy.peek()) return false
    busy.value = true
    problem.value = undefined
    const asked = JSON.stringify(input) ?? ''
    if (!intent.current.key || intent.current.input !== asked) intent.current = { input: asked, key: newKey() }
    const { key } = intent.current
    try {
      await act(input, { key, headers: { 'idempotency-key': key } })
      intent.current.key = ''
      return true
    } catch (error) {
      const told =
        error instanceof ShopError ? error : new ShopError(error instanceof Error ? error.message : String(error), { code: 'page_failed' })
      if (isDecided(told)) intent.current.key = ''
      if (!gone.current) problem.value = told
      return false
    } finally {
      busy.value = false
    }
  }
  return {
    run,
    busy: busy.value,
    problem: problem.value,
    clear: () => {
      problem.value = undefined
    },
  }
}
