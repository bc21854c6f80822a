import type { Mongo } from '#shared/mongo'
import { categoryRepository } from './categories'
import { exportProducts } from './export-products'
import { importProducts } from './import-products'
import { propagateCategoryRenames } from './propagate-category-renames'
import { productRepository } from './repository'
import { seedDemoCatalog } from './seed-demo-catalog'

export const compose = ({ mongo }: { mongo: Mongo }) => {
  const categories = categoryRepository(mongo)
  return {
    categories,
    products: productRepository(mongo, categories),
    propagateCategoryRenames: propagateCategoryRenames(mongo),
    importProducts: importProducts(mongo, categories),
    exportProducts: exportProducts(mongo),
    seedDemoCatalog: seedDemoCatalog(mongo),
  }
}
export type ProductService = ReturnType<typeof compose>
