import type { Page } from '../../kit/api'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { person } from '../../kit/session'
import { titled } from '../../kit/site'
import { ProductGrid } from '../parts/product-card'
import { Recommended } from '../parts/recommended'
import type { CategoryTree, Product, SearchResult } from '../types'
import { words } from '../words'

function Categories() {
  const { data } = useQuery<CategoryTree>('/api/categories')
  const known = data?.items.filter(({ product_count }) => product_count > 0)
  return (
    <nav aria-label={words.value.categories} class="min-h-10">
      <ul class="flex flex-wrap gap-2">
        {known?.map(({ id, name, slug }) => (
          <li key={id}>
            <Link to={`/search?category=${encodeURIComponent(slug)}`} class="button button-plain button-small rounded-full">
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Popular() {
  const { data } = useQuery<SearchResult>('/api/search?sort=popular&limit=4')
  return (
    <section class="grid gap-4">
      <h2>{words.value.popular}</h2>
      <ProductGrid products={data?.items} skeletons={4} />
    </section>
  )
}

export default function Home() {
  const w = words.value
  titled('', w.shop)
  const { data, problem, reload } = useQuery<Page<Product>>('/api/products?limit=12&sort=-created_at')
  return (
    <div class="grid gap-10">
      <section class="grid gap-4 rounded-[1.5rem] bg-brand-wash px-6 py-12 sm:px-12">
        <h1 class="display max-w-2xl text-4xl sm:text-5xl">{w.welcome}</h1>
        <p class="max-w-xl text-lg text-soft">{w.welcomeHint}</p>
        <div>
          <Link to="/search" class="button button-main">
            {w.lookAround}
          </Link>
        </div>
      </section>
      <Categories />
      {person.value ? <Recommended title={w.forYou} path="/api/recommendations/me?limit=4" /> : <Popular />}
      <section class="grid gap-4">
        <h2>{w.newest}</h2>
        <Problem problem={problem} onRetry={reload} />
        <ProductGrid products={data?.items} skeletons={12} />
      </section>
    </div>
  )
}
