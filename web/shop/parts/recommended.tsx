import { useQuery } from '../../kit/query'
import type { Recommendations } from '../types'
import { words } from '../words'
import { ProductGrid } from './product-card'

/** What the shop suggests, with the reason. Nothing when it knows nothing: it is never worth a notice. */
export function Recommended({ title, path }: { title: string; path: string }) {
  const { data, problem } = useQuery<Recommendations>(path)
  if (problem || data?.items.length === 0) return null
  return (
    <section class="grid gap-4">
      <h2>{title}</h2>
      <ProductGrid products={data?.items.slice(0, 4).map(item => ({ ...item, note: words.value.reasons(item.reason) }))} skeletons={4} />
    </section>
  )
}
