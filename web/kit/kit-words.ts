import { dictionary } from './words'
import english from './words/en'

export type KitWords = typeof english

export const kitWords = dictionary(english, {
  ko: () => import('./words/ko'),
  zh: () => import('./words/zh'),
  vi: () => import('./words/vi'),
})
