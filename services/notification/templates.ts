import { type Kind, kindNames, kinds, type Language } from './domain'
import { english } from './templates-en'
import { korean } from './templates-ko'
import { htmlOf, type Layout, textOf } from './templates-layout'
import { vietnamese } from './templates-vi'
import type { LanguageTexts } from './templates-words'
import { chinese } from './templates-zh'

/** A template as the shop comes with it. `short` is its one line, for the list in the shop, a phone, or SMS. */
export interface ShippedTemplate {
  language: Language
  subject: string
  text: string
  html: string
  short: string
}

const texts: Record<Language, LanguageTexts> = { en: english, ko: korean, zh: chinese, vi: vietnamese }

const shipped = (kind: Kind, language: Language): ShippedTemplate => {
  const { phrases, words } = texts[language]
  const { subject, short } = words[kind]
  const group: Layout['group'] = kinds[kind].admins ? 'admins' : kinds[kind].class
  const layout = { kind, group, language, phrases, words: words[kind] }
  return { language, subject, short, text: textOf(layout), html: htmlOf(layout) }
}
const inAllLanguages = (kind: Kind) => ({
  en: shipped(kind, 'en'),
  ko: shipped(kind, 'ko'),
  zh: shipped(kind, 'zh'),
  vi: shipped(kind, 'vi'),
})

/** Built once, at the start. */
export const shippedTemplates = Object.fromEntries(kindNames.map(kind => [kind, inAllLanguages(kind)])) as Record<
  Kind,
  Record<Language, ShippedTemplate>
>
