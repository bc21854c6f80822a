import type { Mongo } from '#shared/mongo'
import { addCategory } from './add-category'
import { addProduct } from './add-product'
import { categoryRepository } from './categories'
import { exportProducts } from './export-products'
import { importProducts } from './import-products'
import { learn } from './learn'
import { propagateCategoryChanges } from './propagate-category-changes'
import { productRepository } from './repository'
import { seedDemoCatalog } from './seed-demo-catalog'
import { upgradeCatalog } from './upgrade-catalog'

interface Ports {
  mongo: Mongo
  /** How far apart groups of events begin. */
  groupIntervalMs?: number
}

export const compose = ({ mongo, groupIntervalMs = 100 }: Ports) => {
  const categories = categoryRepository(mongo)
  const products = productRepository(mongo, categories)
  return {
    categories,
    products,
    learn: learn(mongo, groupIntervalMs),
    addCategory: addCategory(mongo, categories),
    addProduct: addProduct(mongo, products),
    propagateCategoryChanges: propagateCategoryChanges(mongo),
    importProducts: importProducts(mongo, categories),
    exportProducts: exportProducts(mongo),
    seedDemoCatalog: seedDemoCatalog(mongo),
    upgradeCatalog: upgradeCatalog(mongo),
  }
}
export type ProductService = ReturnType<typeof compose>
