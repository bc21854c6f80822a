import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'

export interface Series {
  label: string
  values: readonly (number | null)[]
  tone?: 'brand' | 'honey' | 'bad' | 'info'
}

interface ChartProps {
  /** What it shows, for screen readers. */
  label: string
  /** Seconds since 1970, rising. */
  times: readonly number[]
  series: readonly Series[]
  format?: (value: number) => string
  height?: number
}

const tones = ['brand', 'honey', 'info', 'bad'] as const

/** Lines over time. uPlot is loaded when the first chart is drawn. The space is there from the beginning. */
export function Chart({ label, times, series, format = String, height = 220 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(undefined)
  const data = useRef<uPlot.AlignedData>([[]])
  data.current = [[...times], ...series.map(({ values }) => [...values])]
  const shape = series.map(({ label, tone }) => `${label} ${tone}`).join()

  useEffect(() => {
    const box = place.current
    if (!box) return
    let gone = false
    const watcher = new ResizeObserver(() => chart.current?.setSize({ width: box.clientWidth, height }))
    void import('uplot').then(({ default: Plot }) => {
      if (gone) return
      const axis = { stroke: colourOf(box, 'soft'), grid: { stroke: colourOf(box, 'line'), width: 1 }, ticks: { show: false } }
      chart.current = new Plot(
        {
          width: box.clientWidth,
          height,
          legend: { show: false },
          cursor: { y: false },
          series: [
            {},
            ...series.map((one, index) => {
              const stroke = colourOf(box, one.tone ?? tones[index % tones.length] ?? 'brand')
              return { label: one.label, stroke, width: 2, points: { show: times.length < 40, size: 5 } }
            }),
          ],
          axes: [axis, { ...axis, size: 64, values: (_: uPlot, marks: number[]) => marks.map(format) }],
        },
        data.current,
        box,
      )
      watcher.observe(box)
    })
    return () => {
      gone = true
      watcher.disconnect()
      chart.current?.destroy()
      chart.current = undefined
    }
  }, [shape, height])
  useEffect(() => chart.current?.setData(data.current))

  return (
    <figure class="grid gap-2 min-w-0">
      <div ref={place} role="img" aria-label={label} class="w-full overflow-hidden" style={{ height: `${height}px` }} />
      {series.length > 1 && (
        <figcaption class="flex flex-wrap gap-4 text-sm text-soft">
          {series.map(({ label: name, tone }, index) => (
            <span key={name} class="flex items-center gap-1.5">
              <span class="h-0.5 w-4" style={{ background: `var(--color-${tone ?? tones[index % tones.length]})` }} />
              {name}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  )
}

/** A token's present value, as the canvas needs it: the page may be light or dark. */
const colourOf = (box: Element, name: string) => {
  const probe = document.createElement('span')
  probe.style.color = `var(--color-${name})`
  box.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
