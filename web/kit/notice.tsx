import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Fault, ShopError } from './api'
import { Button } from './button'
import { kitWords } from './kit-words'

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'brand'

const marks: Record<Tone, string> = { good: '✓', warn: '!', bad: '!', info: 'i', brand: '✓' }

/** Something that the reader has to know, in its place on the page. */
export function Notice({ tone = 'info', title, children }: { tone?: Tone; title?: string; children?: ComponentChildren }) {
  return (
    <div class={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <span aria-hidden="true" class="grid size-5 flex-none place-items-center rounded-full border-2 border-current text-xs font-bold">
        {marks[tone]}
      </span>
      <div class="grid gap-1 min-w-0 flex-1">
        {title && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  )
}

/** A site's own words in the reader's language: for a refusal, and for what is wrong with one field. Empty where it has none. */
export interface Explanations {
  problem: (code: string) => string
  fault: (fault: Fault) => string
}
let own: Explanations = { problem: () => '', fault: () => '' }
export const explainWith = (explanations: Explanations) => {
  own = explanations
}

/** What is wrong with a field, for a list in which its label does not stand beside it. */
const namedFault = (fault: Fault) => {
  const field = fault.path.replace(/^\//, '').replaceAll('_', ' ')
  return own.fault(fault) || (field ? `${field}: ${fault.message}` : fault.message)
}

/** What the shop says of one field: of `/items/0/quantity` where the name is `items/0/quantity`. */
export const faultOf = (problem: ShopError | undefined, name: string): string | undefined => {
  const fault = problem?.errors.find(({ path }) => path.replace(/^\//, '') === name)
  return fault && (own.fault(fault) || fault.message || kitWords.value.checkFields)
}

/** What a problem means for the reader, and what to do about it. Where no words say it, the `detail` of a refusal does: it names the rule that applied. */
export const textOf = (problem: ShopError): string => {
  const words = kitWords.value
  if (problem.code === 'page_failed') return words.broken
  // From 500 on a code names the service that is away, such as `product_unavailable`.
  const text = problem.status < 500 && own.problem(problem.code)
  if (text) return text
  if (problem.code === 'invalid_credentials') return words.wrongLogin
  if (problem.status === 0) return words.noAnswer
  if (problem.status === 429) return words.tooMany(problem.retryAfter ?? 1)
  if (problem.status === 401) return words.notSignedIn
  if (problem.status === 412) return words.changedMeanwhile
  if ([502, 503, 504].includes(problem.status)) return words.unavailable
  if (problem.status >= 500) return words.ourFault
  if (problem.code === 'forbidden') return words.notAllowed
  if (problem.code === 'not_found') return words.notFound
  if (problem.code === 'invalid_input') return words.checkFields
  return problem.message || words.ourFault
}

interface ProblemProps {
  problem: ShopError | undefined
  onRetry?: () => void
  /** Other words for some codes, in this place. */
  words?: Record<string, string>
}

/** A problem: what happened, what to do, and the number by which we find a fault of ours. Nothing when there is none. */
export function Problem({ problem, onRetry, words = {} }: ProblemProps) {
  if (!problem) return null
  const number = problem.status >= 500 && problem.requestId
  return (
    <Notice tone="bad">
      <p>{words[problem.code] ?? textOf(problem)}</p>
      {problem.errors.length > 0 && (
        <ul class="list-disc pl-5 text-sm">
          {problem.errors.map(fault => (
            <li key={fault.path}>{namedFault(fault)}</li>
          ))}
        </ul>
      )}
      {(onRetry || number) && (
        <div class="flex flex-wrap items-center gap-3">
          {onRetry && (
            <Button small onClick={onRetry}>
              {kitWords.value.retry}
            </Button>
          )}
          {number && <small class="select-all font-mono">{kitWords.value.request(number)}</small>}
        </div>
      )}
    </Notice>
  )
}

interface Toast {
  id: number
  text: string
  tone: Tone
}
const toasts = signal<readonly Toast[]>([])
const shownMs = 7000
let count = 0

/** Says what has just been done, for some seconds, without being in the way. Problems belong into the page, where they stay. */
export function say(text: string, tone: Tone = 'good') {
  const id = ++count
  toasts.value = [...toasts.value.slice(-3), { id, text, tone }]
  setTimeout(() => dismiss(id), shownMs)
}
const dismiss = (id: number) => {
  toasts.value = toasts.value.filter(toast => toast.id !== id)
}

export function Toasts() {
  return (
    <div class="fixed z-40 inset-x-4 bottom-4 grid justify-items-center gap-2 pointer-events-none" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone }) => (
        <div key={id} class={`toast notice tone-${tone} pointer-events-auto items-center shadow-raised max-w-xl`}>
          <span>{text}</span>
          <button type="button" class="font-bold px-1" aria-label={kitWords.value.close} onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
