import type { TaxClass } from '../types'

export const taxClasses = [
  'standard',
  'reduced',
  'books',
  'newspapers',
  'food',
  'water',
  'medicine',
  'baby',
  'exempt',
] as const satisfies readonly TaxClass[]
