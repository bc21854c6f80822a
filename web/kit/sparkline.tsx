/** A small line without axes. Its label says in words what it shows. */
export function Sparkline({
  values,
  label,
  class: look = 'w-24 h-7 text-brand',
}: {
  values: readonly number[]
  label: string
  class?: string
}) {
  const top = Math.max(...values, 1)
  const step = 100 / Math.max(values.length - 1, 1)
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(30 - (value / top) * 28).toFixed(1)}`).join(' ')
  return (
    <svg viewBox="0 0 100 32" preserveAspectRatio="none" class={look} role="img" aria-label={label}>
      <polygon points={`0,32 ${points} 100,32`} fill="currentColor" opacity="0.12" />
      <polyline
        points={points}
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linejoin="round"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  )
}
