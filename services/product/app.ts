import type { Http } from '#shared/http'
import type { Categories } from './categories'
import { categoryRoutes } from './category-routes'
import type { SpreadRenames } from './rename'
import type { Products } from './repository'
import { productRoutes } from './routes'

interface Deps {
  http: Http
  products: Products
  categories: Categories
  spreadRenames: SpreadRenames
}

export const productApp = (deps: Deps) => deps.http('').use(productRoutes(deps)).use(categoryRoutes(deps))
export type ProductApi = ReturnType<typeof productApp>
