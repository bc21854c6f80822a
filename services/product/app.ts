import type { Http } from '#shared/http'
import type { Categories } from './categories'
import { categoryRoutes } from './category-routes'
import type { ProductExport } from './export'
import type { ProductImport } from './import'
import { internalRoutes } from './internal-routes'
import type { SpreadRenames } from './rename'
import type { Products } from './repository'
import { productRoutes } from './routes'
import { transferRoutes } from './transfer-routes'

interface Deps {
  http: Http
  products: Products
  categories: Categories
  spreadRenames: SpreadRenames
  importProducts: ProductImport
  exportProducts: ProductExport
}

export const productApp = (deps: Deps) =>
  deps.http('').use(productRoutes(deps)).use(internalRoutes(deps)).use(transferRoutes(deps)).use(categoryRoutes(deps))
export type ProductApi = ReturnType<typeof productApp>
