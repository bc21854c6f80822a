import { useState } from 'preact/hooks'
import { clock } from '../kit/format'

export interface Series {
  label: string
  values: readonly (number | null)[]
  tone: 'brand' | 'honey' | 'bad' | 'info'
}

interface PlotProps {
  title: string
  /** Seconds since 1970, rising. */
  times: readonly number[]
  series: readonly Series[]
  format: (value: number) => string
}

const strokes = { brand: 'text-brand', honey: 'text-honey', bad: 'text-bad', info: 'text-info' }
const [wide, high] = [600, 160]

/** The lines of a series: one for each stretch without a gap. A single point is a short line. */
const linesOf = (values: readonly (number | null)[], top: number): string[] => {
  const step = wide / Math.max(1, values.length - 1)
  const lines: string[][] = [[]]
  for (const [index, value] of values.entries()) {
    if (value === null) lines.push([])
    else lines.at(-1)?.push(`${(index * step).toFixed(1)},${(high - (value / top) * (high - 8)).toFixed(1)}`)
  }
  return lines.filter(line => line.length > 0).map(line => (line.length === 1 ? `${line[0]} ${line[0]}` : line.join(' ')))
}

/** Lines over time, drawn as SVG: a library for plots would be a third of all the scripts of this site. */
export function Plot({ title, times, series, format }: PlotProps) {
  const [pointed, setPointed] = useState<number | undefined>(undefined)
  const known = series.flatMap(({ values }) => values.filter(value => value !== null))
  const top = Math.max(...known, 0) * 1.05 || 1
  const at = pointed ?? times.length - 1
  const shownOf = ({ values }: Series) => {
    const value = values[at]
    return value === null || value === undefined ? '–' : format(value)
  }
  const point = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    setPointed(Math.max(0, Math.min(times.length - 1, Math.round(((event.clientX - left) / width) * (times.length - 1)))))
  }
  const time = (index: number) => (times[index] === undefined ? '' : clock(times[index] * 1000))
  const x = (at / Math.max(1, times.length - 1)) * wide
  return (
    <figure class="grid gap-2 min-w-0">
      <figcaption class="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {series.map(one => (
          <span key={one.label} class="flex items-center gap-1.5">
            <span class={`h-0.5 w-4 bg-current ${strokes[one.tone]}`} aria-hidden="true" />
            {one.label} <strong class="number">{shownOf(one)}</strong>
          </span>
        ))}
        <span class="number ml-auto text-soft">{pointed === undefined ? '' : time(at)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${wide} ${high}`}
        preserveAspectRatio="none"
        class="h-40 w-full touch-pan-y border-b border-line"
        role="img"
        aria-label={`${title}: ${series.map(one => `${one.label} ${shownOf(one)}`).join(', ')}, at most ${format(Math.max(...known, 0))}`}
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
      >
        <line x1="0" x2={wide} y1="8" y2="8" class="text-line" stroke="currentColor" vector-effect="non-scaling-stroke" />
        {pointed !== undefined && (
          <line x1={x} x2={x} y1="0" y2={high} class="text-edge" stroke="currentColor" vector-effect="non-scaling-stroke" />
        )}
        {series.flatMap(({ label, values, tone }) =>
          linesOf(values, top).map((points, index) => (
            <polyline
              key={`${label} ${index}`}
              points={points}
              class={strokes[tone]}
              fill="none"
              stroke="currentColor"
              stroke-width="2"
              stroke-linecap="round"
              stroke-linejoin="round"
              vector-effect="non-scaling-stroke"
            />
          )),
        )}
      </svg>
      <div class="number flex justify-between text-xs text-soft" aria-hidden="true">
        <span>{time(0)}</span>
        <span>at most {format(Math.max(...known, 0))}</span>
        <span>{time(times.length - 1)}</span>
      </div>
    </figure>
  )
}
