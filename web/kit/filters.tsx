import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Page } from './api'
import { Button } from './button'
import { Select, TextField } from './field'
import { number } from './format'
import { kitWords } from './kit-words'
import { query, setQuery } from './route'

/** The filters of a list. They live in the address: a list can be linked to, and the browser's back button undoes a filter. */
export function FilterBar({ names, children }: { names: readonly string[]; children: ComponentChildren }) {
  const used = names.some(name => query.value.has(name))
  return (
    <search class="grid gap-3 grid-cols-[repeat(auto-fill,minmax(min(100%,13rem),1fr))] items-end">
      {children}
      {used && (
        <Button look="quiet" class="justify-self-start" onClick={() => setQuery(Object.fromEntries(names.map(name => [name, undefined])))}>
          {kitWords.value.clearFilters}
        </Button>
      )}
    </search>
  )
}

interface FilterProps {
  name: string
  label: string
}

const pauseMs = 300

/** A text filter. The address changes when the typing pauses. */
export function TextFilter({
  name,
  label,
  placeholder,
  type = 'search',
}: FilterProps & { placeholder?: string; type?: 'search' | 'date' }) {
  const given = query.value.get(name) ?? ''
  const [text, setText] = useState(given)
  useEffect(() => {
    if (text.trim() !== given) setText(given)
  }, [given])
  useEffect(() => {
    if (text.trim() === given) return
    const timer = setTimeout(() => setQuery({ [name]: text.trim() }, { replace: given !== '' }), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return <TextField label={label} name={name} type={type} value={text} onInput={setText} {...(placeholder && { placeholder })} />
}

export function SelectFilter({
  name,
  label,
  options,
  any,
}: FilterProps & { options: readonly { value: string; label: string }[]; any: string }) {
  return (
    <Select
      label={label}
      name={name}
      none={any}
      options={options}
      value={query.value.get(name) ?? ''}
      onChange={value => setQuery({ [name]: value })}
    />
  )
}

/** The list's part of an API path: the filters and the sort order that the address has, and the page. */
export const listQuery = (names: readonly string[], limit = 20) => {
  const page = Math.max(1, Number(query.value.get('page')) || 1)
  const filters = [...names, 'sort'].flatMap(name => {
    const value = query.value.get(name)
    return value ? [[name, value]] : []
  })
  return new URLSearchParams([...filters, ['skip', `${(page - 1) * limit}`], ['limit', `${limit}`]]).toString()
}

const toPage = (which: number, how?: { replace: boolean }) => setQuery({ page: which > 1 ? `${which}` : undefined }, how)

/** Where in a list the reader is. The pages are the server's. Whoever has emptied the last page, or comes back to it later, gets the one before. */
export function Pager({ page }: { page: Pick<Page<unknown>, 'skip' | 'limit' | 'total' | 'total_capped'> | undefined }) {
  const last = page ? Math.ceil(page.total / page.limit) : 1
  const isBeyond = page !== undefined && page.skip > 0 && page.skip >= page.total && !page.total_capped
  useEffect(() => {
    if (isBeyond) toPage(last, { replace: true })
  }, [isBeyond, last])
  const ref = useRef<HTMLElement>(null)
  // The next page is read from its beginning. The button may be disabled there, and would lose the focus.
  const turnTo = (which: number) => {
    toPage(which)
    const list = ref.current?.parentElement
    if (!list) return
    list.tabIndex = -1
    list.focus({ preventScroll: true })
    list.scrollIntoView()
  }
  if (!page || isBeyond || (page.total <= page.limit && page.skip === 0)) return null
  const { skip, limit, total, total_capped } = page
  const words = kitWords.value
  const now = Math.floor(skip / limit) + 1
  return (
    <nav
      ref={ref}
      class="flex flex-wrap items-center justify-between gap-3 px-5 py-3"
      aria-label={words.rows(skip + 1, Math.min(skip + limit, total), number(total))}
    >
      <span class="text-soft text-sm number">
        {words.rows(skip + 1, Math.min(skip + limit, total), number(total) + (total_capped ? '+' : ''))}
      </span>
      <span class="flex gap-2">
        <Button small disabled={skip === 0} onClick={() => turnTo(now - 1)}>
          {words.previous}
        </Button>
        <Button small disabled={skip + limit >= total} onClick={() => turnTo(now + 1)}>
          {words.next}
        </Button>
      </span>
    </nav>
  )
}
