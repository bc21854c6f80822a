import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Button } from '../../kit/button'
import { Check } from '../../kit/field'
import { money, number } from '../../kit/format'
import { kitWords } from '../../kit/kit-words'
import { query, setQuery } from '../../kit/route'
import type { SearchResult } from '../types'
import { words } from '../words'
import { Stars } from './product-card'

export const facetNames = ['category', 'min_price', 'max_price', 'in_stock', 'tag', 'min_rating'] as const

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset class="grid gap-2">
      <legend class="pb-1 text-sm font-semibold">{title}</legend>
      {children}
    </fieldset>
  )
}

interface ChoiceProps {
  on: boolean
  count: number
  choose: (on: boolean) => void
  children: ComponentChildren
}
function Choice({ on, count, choose, children }: ChoiceProps) {
  return (
    <Check
      checked={on}
      onChange={choose}
      label={
        <span class="flex gap-2">
          {children} <span class="text-soft number">{number(count)}</span>
        </span>
      }
    />
  )
}

const wide = matchMedia('(width >= 64rem)')
const isWide = signal(wide.matches)
wide.addEventListener('change', ({ matches }) => {
  isWide.value = matches
})

/** What narrows a search, each with how many products it leaves. All of it is in the address. */
export function Facets({ facets }: { facets: SearchResult['facets'] | undefined }) {
  const w = words.value
  const now = (name: string) => query.value.get(name) ?? ''
  const currency = facets?.price_currency
  const priced = (amount: number) => (currency ? money(amount, currency) : number(amount, 2))
  const chosen = facetNames.some(name => now(name))
  return (
    // On a phone they open when they are asked for; where there is room for them they cannot be closed.
    <details open={isWide.value} class="card p-4 lg:border-0 lg:bg-transparent lg:p-0 lg:shadow-none">
      <summary class="cursor-pointer font-semibold lg:hidden">{w.filters}</summary>
      <div class="grid content-start gap-5 pt-4 lg:pt-0">
        <Check
          checked={now('in_stock') === 'true'}
          onChange={on => setQuery({ in_stock: on ? 'true' : undefined })}
          label={w.inStockOnly}
        />
        {facets && facets.categories.length > 0 && (
          <Group title={w.categories}>
            {facets.categories.slice(0, 8).map(({ id, name, slug = id, count }) => (
              <Choice key={id} on={now('category') === slug} count={count} choose={on => setQuery({ category: on ? slug : undefined })}>
                {name}
              </Choice>
            ))}
          </Group>
        )}
        {facets && facets.price_ranges.length > 0 && (
          <Group title={w.price}>
            {facets.price_ranges.map(({ from, to, count }) => {
              const on = now('min_price') === `${from}` && now('max_price') === `${to}`
              return (
                <Choice
                  key={from}
                  on={on}
                  count={count}
                  choose={wanted => setQuery({ min_price: wanted ? `${from}` : undefined, max_price: wanted ? `${to}` : undefined })}
                >
                  {`${priced(from)} – ${priced(to)}`}
                </Choice>
              )
            })}
          </Group>
        )}
        {facets?.ratings.some(({ count }) => count > 0) && (
          <Group title={w.rating}>
            {facets.ratings.map(({ min, count }) => (
              <Choice
                key={min}
                on={now('min_rating') === `${min}`}
                count={count}
                choose={on => setQuery({ min_rating: on ? `${min}` : undefined })}
              >
                <Stars average={min} />
              </Choice>
            ))}
          </Group>
        )}
        {chosen && (
          <div>
            <Button small onClick={() => setQuery(Object.fromEntries(facetNames.map(name => [name, undefined])))}>
              {kitWords.value.clearFilters}
            </Button>
          </div>
        )}
      </div>
    </details>
  )
}
