import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import { browserStore } from '../../sdk/src/store.ts'

/** The languages of the shop, each by its own name. */
export const languages = { en: 'English', ko: '한국어', zh: '中文', vi: 'Tiếng Việt' } as const
export type Language = keyof typeof languages
const isLanguage = (text: string | null | undefined): text is Language => Object.hasOwn(languages, text ?? '')

const remembered = browserStore('language')
const first = (): Language => {
  const asked = new URLSearchParams(location.search).get('lang')
  const known = [asked, remembered.read(), ...navigator.languages.map(tag => tag.slice(0, 2))]
  return known.find(isLanguage) ?? 'en'
}

/** From `?lang=` in the address, from the last visit, or from the browser. */
export const language = signal<Language>(first())

export const chooseLanguage = (next: Language) => {
  remembered.write(next)
  language.value = next
}

/** A text, or a function that puts its arguments into one. */
export type Words = Record<string, string | ((...values: never[]) => string)>
type Load<W extends Words> = () => Promise<{ default: W }>

/**
 * The words of a site in the chosen language, which are loaded alone. A component reads `words.value` and is drawn again when the language has changed;
 * `wordsReady` says whether they are there.
 */
export function dictionary<W extends Words>(loads: Partial<Record<Language, Load<W>>> & { en: Load<W> }): ReadonlySignal<W> {
  const loaded = signal<Partial<Record<Language, W>>>({})
  effect(() => {
    const wanted = language.value
    if (loaded.peek()[wanted]) return
    pending.value = pending.peek() + 1
    const take = (): Promise<void> =>
      (loads[wanted] ?? loads.en)().then(
        ({ default: words }) => {
          loaded.value = { ...loaded.value, [wanted]: words }
          pending.value = pending.peek() - 1
        },
        // Without its words a site cannot be drawn: it waits for the connection.
        () => new Promise(done => setTimeout(done, retryMs)).then(take),
      )
    void take()
  })
  let shown: W | undefined
  return computed(() => {
    // Until another language is there, the one before it stays.
    shown = loaded.value[language.value] ?? shown
    if (!shown) throw new Error('a text was asked for before its language was there')
    return shown
  })
}

const retryMs = 3000
const pending = signal(0)
/** Whether the words of the chosen language are there: a site is first drawn only then, so that no text changes before the reader's eyes. */
export const wordsReady = computed(() => pending.value === 0)

/** The page's language, for screen readers, hyphenation and fonts; and only the dictionaries that are there. */
export const followLanguage = (offered: readonly Language[]) =>
  effect(() => {
    if (!offered.includes(language.value)) language.value = 'en'
    document.documentElement.lang = language.value
  })
