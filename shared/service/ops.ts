import { Elysia } from 'elysia'
import type { Config } from '../config'
import { within } from '../deadline'
import type { Metrics } from '../metrics'
import { second } from '../time'

/** A dependency of the service. Without one that is `required` the service can answer nothing that matters. */
export interface Check {
  ping(): Promise<void>
  required: boolean
}

interface OpsDeps {
  config: Pick<Config, 'service' | 'version'>
  metrics: Metrics
  checks: Record<string, Check>
}

const checkMs = second

const answers = ({ ping }: Check): Promise<boolean> => {
  const answered = ping().then(
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
        Object.entries(checks).map(async ([name, check]) => ({ name, required: check.required, up: await answers(check) })),
      )
      // Without the broker events wait in the outbox, and without the registry calls of other services fail one by one: both are no
      // reason to take the service from everybody.
      const ready = states.every(({ required, up }) => up || !required)
      if (!ready) set.headers['retry-after'] = '1'
      set.status = ready ? 200 : 503
      const dependencies = Object.fromEntries(states.map(({ name, up }) => [name, up ? 'up' : 'down']))
      return { status: ready ? 'ready' : 'not_ready', service, version, dependencies }
    })
    .get('/metrics', async ({ set }) => {
      set.headers['content-type'] = metrics.contentType
      return metrics.text()
    })
