import { Elysia } from 'elysia'
import type { Config } from '../config'
import { within } from '../deadline'
import type { Metrics } from '../metrics'
import { second } from '../time'

interface OpsDeps {
  config: Pick<Config, 'service' | 'version'>
  metrics: Metrics
  checks: Record<string, () => Promise<void>>
}

const checkMs = second

const answers = (check: () => Promise<void>): Promise<boolean> => {
  const answered = check().then(
    () => true,
    () => false,
  )
  return within(checkMs, answered, () => false)
}

/** Health, readiness and metrics of a service, on its own port. The gateway passes none of them on. */
export const ops = ({ config: { service, version }, metrics, checks }: OpsDeps) =>
  new Elysia({ name: 'ops', seed: service, detail: { hide: true } })
    .get('/health', () => ({ status: 'up', service, version }))
    .get('/ready', async ({ set }) => {
      const states = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, (await answers(check)) ? 'up' : 'down'] as const),
      )
      const ready = states.every(([, state]) => state === 'up')
      if (!ready) set.headers['retry-after'] = '1'
      set.status = ready ? 200 : 503
      return { status: ready ? 'ready' : 'not_ready', service, version, dependencies: Object.fromEntries(states) }
    })
    .get('/metrics', async ({ set }) => {
      set.headers['content-type'] = metrics.contentType
      return metrics.text()
    })
