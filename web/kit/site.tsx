import { signal } from '@preact/signals'
import { Component, type ComponentChildren, type ComponentType, render } from 'preact'
import { useRef } from 'preact/hooks'
import { Button } from './button'
import { kitWords } from './kit-words'
import { type Explanations, explainWith, Notice, Toasts } from './notice'
import { here, Link, path, Router, type Routes, startRouter } from './route'
import { resumeSession, sessionEnded, sessionKnown } from './session'
import { followLanguage, type Language, wordsReady } from './words'

const online = signal(navigator.onLine)

function OfflineNotice() {
  if (online.value) return null
  return (
    <div class="page pt-4">
      <Notice tone="warn">{kitWords.value.offline}</Notice>
    </div>
  )
}

function SessionNotice({ signIn }: { signIn: string | undefined }) {
  if (!sessionEnded.value || !signIn || path.value === signIn) return null
  return (
    <div class="page pt-4">
      <Notice tone="warn">
        <span>
          {kitWords.value.sessionEnded}{' '}
          <Link to={`${signIn}?then=${encodeURIComponent(here.value)}`} class="link">
            {kitWords.value.signIn}
          </Link>
        </span>
      </Notice>
    </div>
  )
}

/** What breaks while a part is drawn breaks that part only. */
export class Boundary extends Component<{ children: ComponentChildren }, { error?: Error }> {
  override state: { error?: Error } = {}
  static override getDerivedStateFromError = (error: Error) => ({ error })
  override componentDidCatch(error: Error) {
    console.error(error)
  }
  override render() {
    if (!this.state.error) return this.props.children
    return (
      <div class="page py-12">
        <Notice tone="bad" title={kitWords.value.broken}>
          <div>
            <Button onClick={() => location.reload()}>{kitWords.value.reload}</Button>
          </div>
        </Notice>
      </div>
    )
  }
}

export interface SiteOptions {
  /** Where the gateway serves it: '' for the shop, '/admin', '/control'. */
  base: string
  routes: Routes
  /** Header, menu and footer around each page. It puts its children into `<main>` itself by way of `Main`. */
  Shell: ComponentType<{ children: ComponentChildren }>
  languages: readonly Language[]
  /** The page to sign in on, where the shell itself asks nobody to. */
  signIn?: string
  /** Why something was refused, in the reader's language. Else the answer's own text says it. */
  explanations?: Explanations
}

/** The part of a page that changes with the address. */
export function Main({ children, class: look = 'page py-8' }: { children: ComponentChildren; class?: string }) {
  return (
    <main id="main" tabIndex={-1} class={look}>
      <Boundary>{children}</Boundary>
    </main>
  )
}

function Site({ routes, Shell, signIn }: Pick<SiteOptions, 'routes' | 'Shell' | 'signIn'>) {
  const isDrawn = useRef(false)
  isDrawn.current ||= wordsReady.value && sessionKnown.value
  // Only until it is first drawn: another language comes into the page as it is, with what was typed.
  if (!isDrawn.current) return <div class="progress" />
  return (
    <Boundary>
      <a href="#main" class="sr-only focus:not-sr-only focus:fixed focus:z-50 focus:top-2 focus:left-2 button button-main">
        {kitWords.value.skip}
      </a>
      <OfflineNotice />
      <SessionNotice signIn={signIn} />
      <Shell>
        <Router routes={routes} />
      </Shell>
      <Toasts />
    </Boundary>
  )
}

/** Opens a site in the page. */
export function startSite({ base, languages, explanations, ...site }: SiteOptions) {
  if (explanations) explainWith(explanations)
  startRouter(base)
  followLanguage(languages)
  addEventListener('online', () => {
    online.value = true
  })
  addEventListener('offline', () => {
    online.value = false
  })
  void resumeSession()
  const place = document.getElementById('site')
  if (place) render(<Site {...site} />, place)
}

/** The title of the browser's tab. */
export const titled = (title: string, site: string) => {
  document.title = title ? `${title} · ${site}` : site
}
