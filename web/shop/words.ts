import { dictionary } from '../kit/words'
import type english from './words/en'

export type ShopWords = typeof english

export const words = dictionary<ShopWords>({
  en: () => import('./words/en'),
  ko: () => import('./words/ko'),
  zh: () => import('./words/zh'),
  vi: () => import('./words/vi'),
})
