import { internalRoutes, type TaxDeps, taxRoutes } from './routes'

export const taxApp = (deps: TaxDeps) => deps.http('').use(taxRoutes(deps)).use(internalRoutes(deps))
export type TaxApi = ReturnType<typeof taxApp>
