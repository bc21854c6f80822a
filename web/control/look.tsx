import type { HealthState } from '../../sdk/src/api/model.ts'
import type { ShopError } from '../kit/api'
import { Badge } from '../kit/card'
import { clock, number } from '../kit/format'
import { Notice, type Tone, textOf } from '../kit/notice'
import { paused } from './live'

/** How the figures of the control room look. */

const healthTone = { up: 'good', degraded: 'warn', down: 'bad' } as const
export function Health({ state }: { state: HealthState }) {
  return <Badge tone={healthTone[state]}>{state}</Badge>
}

const orderTones: Record<string, Tone | undefined> = {
  awaiting_payment: 'warn',
  paid: 'info',
  fulfilling: 'info',
  shipped: 'brand',
  delivered: 'good',
  cancelled: 'bad',
}
export const words = (name: string) => name.replaceAll('_', ' ')
export function OrderState({ status }: { status: string }) {
  return <Badge tone={orderTones[status]}>{words(status)}</Badge>
}

/** 0.04, 3.2, 180: as many digits as say something. */
export const rate = (perSecond: number | null | undefined) =>
  perSecond === null || perSecond === undefined ? '–' : number(perSecond, perSecond >= 10 ? 0 : perSecond >= 1 ? 1 : 2)
export const milliseconds = (ms: number | null | undefined) => {
  if (ms === null || ms === undefined) return '–'
  return ms >= 10_000 ? `${number(ms / 1000)} s` : ms >= 1000 ? `${number(ms / 1000, 1)} s` : `${number(ms, ms < 10 ? 1 : 0)} ms`
}
export const megabytes = (bytes: number | null | undefined) =>
  bytes === null || bytes === undefined ? '–' : `${number(bytes / 1_048_576)} MB`
export const processor = (share: number | null | undefined) => (share === null || share === undefined ? '–' : `${number(share * 100, 1)} %`)

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const
/** 90_000 is `1 min 30 s`. */
export const span = (ms: number): string => {
  const [index, [size, unit] = [1, 'ms']] = [...units.entries()].find(([, [length]]) => ms >= length) ?? [-1]
  if (index < 0) return `${Math.round(ms)} ms`
  const whole = Math.floor(ms / size)
  const [smaller, name] = units[index + 1] ?? []
  const rest = smaller ? Math.floor((ms - whole * size) / smaller) : 0
  return rest > 0 ? `${whole} ${unit} ${rest} ${name}` : `${whole} ${unit}`
}

/** How often a page asks, and never while it is paused. */
export const every = (ms: number) => (paused.value ? {} : { everyMs: ms })

/** Says that what is shown is no longer of this moment, and that the page goes on by itself. */
export function Stale({ problem, since }: { problem: ShopError | undefined; since: string | number | undefined }) {
  if (!problem) return null
  return (
    <Notice tone="warn" title={since ? `What is shown is of ${clock(since)}` : 'There is nothing to show yet'}>
      <p>{textOf(problem)} This page asks again by itself.</p>
    </Notice>
  )
}
