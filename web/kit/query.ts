import { signal, useSignal } from '@preact/signals'
import { useCallback, useEffect, useRef } from 'preact/hooks'
import { call, ShopError } from './api'
import { person } from './session'

export interface Query<T> {
  /** What was read last; undefined until the first answer. */
  data: T | undefined
  /** When that was, in milliseconds. */
  at: number | undefined
  problem: ShopError | undefined
  loading: boolean
  reload: () => void
}
interface Answer<T> {
  data: T
  at: number
}

/** Answers by path, so that going back shows at once what was there. They belong to one person. */
const answers = new Map<string, Answer<unknown>>()
const mostAnswers = 60
const remember = (path: string, answer: Answer<unknown>) => {
  answers.delete(path)
  answers.set(path, answer)
  const [oldest] = answers.keys()
  if (answers.size > mostAnswers && oldest !== undefined) answers.delete(oldest)
}
let owner: number | undefined
person.subscribe(someone => {
  if (someone?.id !== owner) answers.clear()
  owner = someone?.id
})

/** How often something was changed below each path. */
const changes = signal<Record<string, number>>({})
/** After a change: everything that was read from below this path is read again. */
export const changed = (prefix: string) => {
  for (const path of answers.keys()) if (path.startsWith(prefix)) answers.delete(path)
  changes.value = { ...changes.value, [prefix]: (changes.value[prefix] ?? 0) + 1 }
}

interface Options<T> {
  /** Shows what was there under another path until the new answer comes: for lists whose filters change. */
  keep?: boolean
  /** Reads again so often, in milliseconds, while the page is visible and the answer before has come. */
  everyMs?: number
  /** Whether an answer is the last word: it is then not read again every so often. */
  until?: (data: T) => boolean
  /** Reads again when this is another one than before. */
  version?: string | boolean
}

interface State<T> {
  path: string | undefined
  answer: Answer<T> | undefined
  problem: ShopError | undefined
  loading: boolean
}

/**
 * Reads a path and shows the answer: at once what is remembered, then what is new. It is read again when the path, the person or what is below it
 * changes, and given up when the component goes. Without a path nothing is read.
 */
export function useQuery<T>(path: string | undefined, { keep = false, everyMs, until, version }: Options<T> = {}): Query<T> {
  const state = useSignal<State<T>>({ path: undefined, answer: undefined, problem: undefined, loading: path !== undefined })
  const again = useSignal(0)
  const askAgain = useRef(() => {})
  const turn = Object.entries(changes.value).reduce((sum, [prefix, count]) => sum + (path?.startsWith(prefix) ? count : 0), 0)
  const who = person.value?.id

  useEffect(() => {
    if (path === undefined) return
    const controller = new AbortController()
    const known = answers.get(path) as Answer<T> | undefined
    const before = state.peek()
    state.value = { path, answer: known ?? (keep || before.path === path ? before.answer : undefined), problem: undefined, loading: true }
    let isAsking = false
    const load = async () => {
      isAsking = true
      try {
        const data = await call<T>('GET', path, { signal: controller.signal })
        if (controller.signal.aborted) return
        const answer = { data, at: Date.now() }
        remember(path, answer)
        state.value = { path, answer, problem: undefined, loading: false }
      } catch (error) {
        if (controller.signal.aborted) return
        const problem = error instanceof ShopError ? error : new ShopError(String(error), { code: 'page_failed' })
        state.value = { ...state.peek(), problem, loading: false }
      } finally {
        isAsking = false
      }
    }
    askAgain.current = () => {
      const { answer } = state.peek()
      const isOver = answer && until?.(answer.data)
      if (document.visibilityState === 'visible' && !isAsking && !isOver) void load()
    }
    void load()
    return () => {
      controller.abort()
      askAgain.current = () => {}
    }
  }, [path, turn, who, again.value, version])

  // On its own, so that a pause begins without reading anything. Its end does not wait for the next time.
  useEffect(() => {
    if (everyMs === undefined) return
    askAgain.current()
    const timer = setInterval(() => askAgain.current(), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])

  const reload = useCallback(() => {
    again.value++
  }, [again])
  const { answer, problem, loading, path: shown } = state.value
  // In the one drawing before the effect, another path's answer is not this path's.
  const present = shown === path || keep ? answer : (answers.get(path ?? '') as Answer<T> | undefined)
  return { data: present?.data, at: present?.at, problem, loading: loading || (path !== undefined && shown !== path), reload }
}
