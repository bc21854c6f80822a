import type { Http } from '#shared/http'
import { categoryRoutes } from './category-routes'
import type { ProductService } from './compose'
import { imageRoutes } from './image-routes'
import { internalRoutes } from './internal-routes'
import { productRoutes } from './routes'
import { transferRoutes } from './transfer-routes'

export const productApp = (deps: ProductService & { http: Http }) =>
  deps
    .http('')
    .use(productRoutes(deps))
    .use(imageRoutes(deps))
    .use(internalRoutes(deps))
    .use(transferRoutes(deps))
    .use(categoryRoutes(deps))
export type ProductApi = ReturnType<typeof productApp>
