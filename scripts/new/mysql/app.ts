import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { SampleService } from './compose'
import { sampleView } from './model'
import { sampleRoutes } from './routes'

export const sampleApp = (deps: SampleService & { http: Http }) => {
  const exportOf = async (userId: number) => ({ samples: (await deps.samples.exportOf(userId)).map(sampleView) })
  return deps
    .http('')
    .use(sampleRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf }))
}
export type SampleApi = ReturnType<typeof sampleApp>
