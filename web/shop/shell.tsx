import type { ComponentChildren } from 'preact'
import { Button } from '../kit/button'
import { kitWords } from '../kit/kit-words'
import { Link } from '../kit/route'
import { person, signOut } from '../kit/session'
import { Main } from '../kit/site'
import { chooseLanguage, type Language, language, languages } from '../kit/words'
import { words } from './words'

export function Shell({ children }: { children: ComponentChildren }) {
  const w = words.value
  return (
    <div class="grid min-h-dvh grid-rows-[auto_1fr_auto]">
      <header class="border-b border-line bg-card">
        <div class="page flex min-h-16 flex-wrap items-center justify-between gap-4 py-2">
          <Link to="/" class="display text-2xl text-brand">
            {w.shop}
          </Link>
          <div class="flex items-center gap-2">
            <label>
              <span class="sr-only">{w.language}</span>
              <select class="control" value={language.value} onChange={event => chooseLanguage(event.currentTarget.value as Language)}>
                {Object.entries(languages).map(([tag, name]) => (
                  <option key={tag} value={tag} lang={tag}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            {person.value ? (
              <Button onClick={signOut}>{kitWords.value.signOut}</Button>
            ) : (
              <Link to="/sign-in" class="button button-plain">
                {kitWords.value.signIn}
              </Link>
            )}
          </div>
        </div>
      </header>
      <Main>{children}</Main>
      <footer class="page border-t border-line py-6 text-sm text-soft">{w.shop}</footer>
    </div>
  )
}
