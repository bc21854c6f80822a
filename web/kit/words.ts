import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'

/** The languages of the shop, each by its own name. */
export const languages = { en: 'English', ko: '한국어', zh: '中文', vi: 'Tiếng Việt' } as const
export type Language = keyof typeof languages
const isLanguage = (text: string | null | undefined): text is Language => Object.hasOwn(languages, text ?? '')

const remembered = 'language'
const first = (): Language => {
  const asked = new URLSearchParams(location.search).get('lang')
  const known = [asked, localStorage.getItem(remembered), ...navigator.languages.map(tag => tag.slice(0, 2))]
  return known.find(isLanguage) ?? 'en'
}

/** From `?lang=` in the address, from the last visit, or from the browser. */
export const language = signal<Language>(first())

export const chooseLanguage = (next: Language) => {
  localStorage.setItem(remembered, next)
  language.value = next
}

/** A text, or a function that puts its arguments into one. */
export type Words = Record<string, string | ((...values: never[]) => string)>
type Loads<W extends Words> = Partial<Record<Exclude<Language, 'en'>, () => Promise<{ default: W }>>>

/**
 * The words of a site: English at once, the other languages when they are chosen. A component reads `words.value` and is drawn again when the
 * language has changed.
 */
export function dictionary<W extends Words>(english: W, loads: Loads<W>): ReadonlySignal<W> {
  const loaded = signal<Partial<Record<Language, W>>>({ en: english })
  effect(() => {
    const wanted = language.value
    const load = wanted !== 'en' && !loaded.peek()[wanted] && loads[wanted]
    if (load) {
      pending.value = pending.peek() + 1
      load()
        .then(({ default: words }) => {
          loaded.value = { ...loaded.value, [wanted]: words }
        })
        .finally(() => {
          pending.value = pending.peek() - 1
        })
    }
  })
  return computed(() => loaded.value[language.value] ?? english)
}

const pending = signal(0)
/** Whether the words of the chosen language are there: a site is drawn only then, so that no text changes before the reader's eyes. */
export const wordsReady = computed(() => pending.value === 0)

/** The page's language, for screen readers, hyphenation and fonts; and only the dictionaries that are there. */
export const followLanguage = (offered: readonly Language[]) =>
  effect(() => {
    if (!offered.includes(language.value)) language.value = 'en'
    document.documentElement.lang = language.value
  })
