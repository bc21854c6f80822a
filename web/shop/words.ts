import { dictionary } from '../kit/words'
import english from './words/en'

export type ShopWords = typeof english

export const words = dictionary(english, {
  ko: () => import('./words/ko'),
  zh: () => import('./words/zh'),
  vi: () => import('./words/vi'),
})
