import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Confirm } from '../../kit/dialog'
import { say } from '../../kit/notice'
import { changed } from '../../kit/query'
import type { Chosen } from '../../kit/table'
import { onEach, told } from './each'

/** The rows that are chosen, of those that are shown: what goes from the list goes from the choice, which ends with the page. */
export function useChosen(shown: readonly string[] | undefined): Chosen {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  useEffect(() => {
    const left = [...chosen.peek()].filter(key => shown?.includes(key))
    if (shown && left.length < chosen.peek().size) chosen.value = new Set(left)
  }, [shown?.join()])
  return chosen
}

interface Props {
  label: string
  title: string
  /** What will happen, and whether it can be taken back. */
  children: ComponentChildren
  chosen: Chosen
  act: (id: string, headers: Record<string, string>) => Promise<unknown>
  /** What is said of a row with which it is done, such as "cancelled". */
  word: string
  /** The API's path of the rows, which are then read again. */
  under: string
  look?: 'plain' | 'danger'
}

/** A button that does one thing with all chosen rows, after asking. Those with which it could not be done stay chosen, and the dialog says why. */
export function ActOnChosen({ chosen, act, word, under, look = 'plain', ...texts }: Props) {
  const run = async ({ 'idempotency-key': key }: { 'idempotency-key': string }) => {
    const outcome = await onEach([...chosen.value], id => act(id, { 'idempotency-key': `${key} ${id}` }))
    const { refused, left, failure } = outcome
    changed(under)
    say(told(outcome, word), refused.length + left.length > 0 ? 'warn' : 'good')
    chosen.value = new Set([...refused, ...left])
    if (failure) throw failure
  }
  return <Confirm small look={look} {...texts} onConfirm={run} />
}
