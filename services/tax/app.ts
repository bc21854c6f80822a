import type { Http } from '#shared/http'
import type { TaxService } from './compose'
import { internalRoutes } from './internal-routes'
import { taxRoutes } from './routes'

export const taxApp = (deps: TaxService & { http: Http }) => deps.http('').use(taxRoutes(deps)).use(internalRoutes(deps))
export type TaxApi = ReturnType<typeof taxApp>
