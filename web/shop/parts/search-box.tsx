import { useEffect, useId, useState } from 'preact/hooks'
import { Form } from '../../kit/form'
import { useQuery } from '../../kit/query'
import { go, path, query } from '../../kit/route'
import type { Suggestions } from '../types'
import { words } from '../words'

const pauseMs = 150

/** Suggests while one types; Enter searches. */
export function SearchBox() {
  const w = words.value
  const list = useId()
  const given = path.value === '/search' ? (query.value.get('keyword') ?? '') : ''
  const [text, setText] = useState(given)
  const [asked, setAsked] = useState('')
  const [chosen, setChosen] = useState(-1)
  const [open, setOpen] = useState(false)
  useEffect(() => setText(given), [given])
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  const { data } = useQuery<Suggestions>(asked && open ? `/api/search/suggestions?q=${encodeURIComponent(asked)}&limit=6` : undefined, {
    keep: true,
  })
  const suggestions = open && asked ? (data?.items ?? []) : []

  const search = (what: string) => {
    setOpen(false)
    setChosen(-1)
    setText(what)
    go(what.trim() ? `/search?keyword=${encodeURIComponent(what.trim())}` : '/search')
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && suggestions.length > 0) {
      event.preventDefault()
      setChosen((chosen + step + suggestions.length + 1) % (suggestions.length + 1))
    }
    if (event.key === 'Escape') setOpen(false)
  }
  return (
    <search class="relative min-w-0 flex-1">
      <Form class="" onSubmit={() => search(suggestions[chosen]?.text ?? text)}>
        <input
          type="search"
          class="control"
          name="keyword"
          // biome-ignore lint/a11y/noRedundantRoles: an input has this role by itself only with a `datalist`, which Preact's types ask for
          role="combobox"
          list={undefined}
          aria-label={w.search}
          aria-expanded={suggestions.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 && chosen < suggestions.length ? `${list}-${chosen}` : undefined}
          autocomplete="off"
          maxLength={256}
          placeholder={w.searchHint}
          value={text}
          onInput={event => {
            setText(event.currentTarget.value)
            setChosen(-1)
            setOpen(true)
          }}
          onKeyDown={onKey}
          onBlur={() => setTimeout(() => setOpen(false), 150)}
        />
        <div
          id={list}
          role="listbox"
          aria-label={w.suggestions}
          hidden={suggestions.length === 0}
          class="card absolute inset-x-0 top-full z-30 mt-1.5 p-1.5 shadow-raised"
        >
          {suggestions.map(({ text: suggestion }, index) => (
            <div
              key={suggestion}
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              class={`cursor-pointer rounded-lg px-3 py-2 hover:bg-sunken ${index === chosen ? 'bg-sunken' : ''}`}
              onPointerDown={event => {
                event.preventDefault()
                search(suggestion)
              }}
            >
              {suggestion}
            </div>
          ))}
        </div>
      </Form>
    </search>
  )
}
