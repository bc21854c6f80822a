import { dictionary } from './words'
import type english from './words/en'

export type KitWords = typeof english

export const kitWords = dictionary<KitWords>({
  en: () => import('./words/en'),
  ko: () => import('./words/ko'),
  zh: () => import('./words/zh'),
  vi: () => import('./words/vi'),
})
