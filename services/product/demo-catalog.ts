import type { TaxClass } from '#shared/tax-class'
import { clothing } from './demo-clothing'
import { electronics } from './demo-electronics'
import { food, kitchen } from './demo-kitchen'
import { books, sports } from './demo-leisure'
import { living } from './demo-living'
import { type DemoProduct, demoId } from './demo-product'
import type { ProductInput } from './domain'

export interface DemoCategory {
  id: string
  tax_class?: TaxClass
  parent?: string
}
const category = (n: number, place: Omit<DemoCategory, 'id'> = {}): DemoCategory => ({
  id: `652f1f77bcf86cd79943${String(n).padStart(4, '0')}`,
  ...place,
})

/** By name; those above come first. */
export const demoCategories = {
  Electronics: category(1),
  Clothing: category(2),
  Kitchen: category(3),
  Books: category(4, { tax_class: 'books' }),
  Sports: category(5),
  Gifts: category(6),
  Computers: category(7, { parent: 'Electronics' }),
  'Computer accessories': category(8, { parent: 'Electronics' }),
  Audio: category(9, { parent: 'Electronics' }),
  'Phones and watches': category(10, { parent: 'Electronics' }),
  Shoes: category(11, { parent: 'Clothing' }),
  Outerwear: category(12, { parent: 'Clothing' }),
  Cookware: category(13, { parent: 'Kitchen' }),
  'Coffee and tea ware': category(14, { parent: 'Kitchen' }),
  'Children’s books': category(15, { parent: 'Books' }),
  Magazines: category(16, { parent: 'Books', tax_class: 'newspapers' }),
  Outdoor: category(17, { parent: 'Sports' }),
  Fitness: category(18, { parent: 'Sports' }),
  Food: category(19, { tax_class: 'food' }),
  'Coffee and tea': category(20, { parent: 'Food' }),
  Pantry: category(21, { parent: 'Food' }),
  Sweets: category(22, { parent: 'Food', tax_class: 'standard' }),
  Baby: category(23, { tax_class: 'baby' }),
  Toys: category(24),
  Home: category(25),
  Stationery: category(26, { parent: 'Home' }),
  Beauty: category(27),
  Health: category(28, { tax_class: 'medicine' }),
} satisfies Record<string, DemoCategory>

const withImage = ({ n, drawing, ...product }: DemoProduct): ProductInput & { id: string } => ({
  id: demoId(n),
  ...product,
  images: [`/api/products/images/${drawing}.svg`],
})

/** By number; the first product is the one that the documentation's examples use. */
export const demoCatalog: (ProductInput & { id: string })[] = [electronics, clothing, kitchen, food, books, sports, living]
  .flat()
  .sort((a, b) => a.n - b.n)
  .map(withImage)
