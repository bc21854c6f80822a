import { Empty } from '../../kit/card'
import { Select } from '../../kit/field'
import { listQuery, Pager } from '../../kit/filters'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link, query, setQuery } from '../../kit/route'
import { titled } from '../../kit/site'
import { Facets, facetNames } from '../parts/facets'
import { ProductGrid } from '../parts/product-card'
import type { SearchResult } from '../types'
import { words } from '../words'

function Trending() {
  const { data } = useQuery<{ items: { query: string }[] }>('/api/search/trending?limit=6')
  if (!data?.items.length) return null
  return (
    <p class="flex flex-wrap gap-2 text-sm">
      <span class="text-soft">{words.value.trending}</span>
      {data.items.map(({ query: asked }) => (
        <Link key={asked} to={`/search?keyword=${encodeURIComponent(asked)}`} class="link">
          {asked}
        </Link>
      ))}
    </p>
  )
}

export default function Search() {
  const w = words.value
  const keyword = query.value.get('keyword') ?? ''
  titled(keyword || w.allProducts, w.shop)
  const { data, problem, loading, reload } = useQuery<SearchResult>(`/api/search?${listQuery(['keyword', ...facetNames], 24)}`, {
    keep: true,
  })
  const sorts = ['relevance', 'popular', 'rating', 'price', '-price', '-created_at', 'name'] as const
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-end justify-between gap-4">
        <div class="grid gap-1">
          <h1>{keyword ? w.found(keyword) : w.allProducts}</h1>
          <p class="text-soft" role="status">
            {data ? w.results(data.total) : ' '}
            {data?.corrected && data.corrected !== keyword && <> · {w.corrected(data.corrected)}</>}
          </p>
        </div>
        <Select
          name="sort"
          label={w.sort}
          class="min-w-44"
          value={query.value.get('sort') ?? 'relevance'}
          onChange={sort => setQuery({ sort: sort === 'relevance' ? undefined : sort })}
          options={sorts.map(sort => ({ value: sort, label: w.sorts(sort) }))}
        />
      </div>
      <Problem problem={problem} onRetry={reload} />
      <div class="grid gap-6 lg:grid-cols-[15rem_1fr]">
        <Facets facets={data?.facets} />
        <div class="grid content-start gap-6" aria-busy={loading}>
          {data?.items.length === 0 ? (
            <Empty
              title={w.nothingFound}
              action={
                <Link to="/search" class="button button-main">
                  {w.allProducts}
                </Link>
              }
            >
              {w.nothingFoundHint}
            </Empty>
          ) : (
            <ProductGrid products={data?.items} skeletons={12} />
          )}
          <Pager page={data} />
          <Trending />
        </div>
      </div>
    </div>
  )
}
