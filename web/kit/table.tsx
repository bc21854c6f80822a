import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Skeleton } from './card'
import { kitWords } from './kit-words'
import { query, setQuery } from './route'

export interface Column<Row> {
  title: string
  cell: (row: Row) => ComponentChildren
  /** The name by which the API sorts; `?sort=-name` in the address is descending. */
  sort?: string
  /** Numbers and money stand at the end. */
  end?: boolean
}

/** The keys of the rows that are chosen. */
export type Chosen = Signal<ReadonlySet<string>>

interface TableProps<Row> {
  /** What the table shows, for screen readers. */
  caption: string
  columns: readonly Column<Row>[]
  /** Undefined until the first answer: then as many skeleton rows as a page has. */
  rows: readonly Row[] | undefined
  rowKey: (row: Row) => string
  /** What to say, and to do, when there are no rows. */
  empty: ComponentChildren
  loading?: boolean
  skeletonRows?: number
  /** For acts on many rows. */
  chosen?: Chosen
}

const sortedBy = (name: string) => {
  const given = query.value.get('sort')
  return given === name ? 'ascending' : given === `-${name}` ? 'descending' : 'none'
}

function SortableTitle({ title, name }: { title: string; name: string }) {
  const now = sortedBy(name)
  const mark = { ascending: '↑', descending: '↓', none: '' }[now]
  return (
    <button type="button" class="font-semibold hover:text-ink" onClick={() => setQuery({ sort: now === 'descending' ? name : `-${name}` })}>
      {title} <span aria-hidden="true">{mark}</span>
    </button>
  )
}

export function Table<Row>({ caption, columns, rows, rowKey, empty, loading = false, skeletonRows = 8, chosen }: TableProps<Row>) {
  if (rows?.length === 0 && !loading) return empty
  const words = kitWords.value
  const keys = rows?.map(rowKey) ?? []
  const isChosen = (key: string) => chosen?.value.has(key) ?? false
  const choose = (which: readonly string[], on: boolean) => {
    if (!chosen) return
    const next = new Set(chosen.value)
    for (const key of which) next[on ? 'add' : 'delete'](key)
    chosen.value = next
  }
  return (
    <table class="table max-sm:block" aria-busy={loading}>
      <caption class="sr-only">{caption}</caption>
      <thead>
        <tr>
          {chosen && (
            <th class="w-10">
              <input
                type="checkbox"
                aria-label={words.chooseAll}
                checked={keys.length > 0 && keys.every(isChosen)}
                onChange={event => choose(keys, event.currentTarget.checked)}
              />
            </th>
          )}
          {columns.map(({ title, sort, end }) => (
            <th key={title} scope="col" class={end ? 'end' : ''} aria-sort={sort ? sortedBy(sort) : undefined}>
              {sort ? <SortableTitle title={title} name={sort} /> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody class={loading && rows ? 'opacity-60' : ''}>
        {rows?.map((row, index) => (
          <tr key={keys[index]} aria-selected={chosen ? isChosen(keys[index] ?? '') : undefined}>
            {chosen && (
              <td>
                <input
                  type="checkbox"
                  aria-label={words.choose}
                  checked={isChosen(keys[index] ?? '')}
                  onChange={event => choose([keys[index] ?? ''], event.currentTarget.checked)}
                />
              </td>
            )}
            {columns.map(({ title, cell, end }) => (
              <td key={title} data-title={title} class={end ? 'end' : ''}>
                <div class="min-w-0">{cell(row)}</div>
              </td>
            ))}
          </tr>
        )) ??
          Array.from({ length: skeletonRows }, (_, line) => (
            <tr key={line}>
              <td colSpan={columns.length + (chosen ? 1 : 0)}>
                <Skeleton class="h-5 w-full" />
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  )
}

/** What stands above a table while rows are chosen: how many, and what can be done with them. */
export function ChosenBar({ chosen, children }: { chosen: Chosen; children: ComponentChildren }) {
  const count = chosen.value.size
  if (count === 0) return null
  return (
    <div class="tone-brand flex flex-wrap items-center gap-3 rounded-control px-4 py-2" role="status">
      <strong class="mr-auto">{kitWords.value.chosen(count)}</strong>
      {children}
    </div>
  )
}
