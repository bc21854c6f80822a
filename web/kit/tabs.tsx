import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Link, path, query } from './route'

/** Parts of one page, each with an address: `?tab=name`. The first has none. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly { name: string; title: string }[] }) {
  const now = query.value.get('tab') ?? tabs[0]?.name
  const ref = useRef<HTMLElement>(null)
  // On a phone they are wider than the page.
  useEffect(() => ref.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [now])
  return (
    <nav class="tabs" aria-label={label} ref={ref}>
      {tabs.map(({ name, title }, index) => (
        <a key={name} href={`${location.pathname}${index === 0 ? '' : `?tab=${name}`}`} aria-current={name === now ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  )
}

/** The tab that the address names. */
export const currentTab = (first: string) => query.value.get('tab') ?? first

/** A button that opens a short list of links and acts. Escape and a click elsewhere close it. */
export function Menu({
  label,
  children,
  class: look = 'button button-plain',
}: {
  label: ComponentChildren
  children: ComponentChildren
  class?: string
}) {
  const ref = useRef<HTMLDetailsElement>(null)
  const where = path.value
  useEffect(() => {
    if (ref.current) ref.current.open = false
  }, [where])
  useEffect(() => {
    const close = (event: Event) => {
      const menu = ref.current
      if (!menu?.open) return
      const escaped = event instanceof KeyboardEvent && event.key === 'Escape'
      const outside = event.type === 'click' && event.target instanceof Node && !menu.contains(event.target)
      if (!escaped && !outside) return
      menu.open = false
      if (escaped) menu.querySelector('summary')?.focus()
    }
    document.addEventListener('click', close)
    document.addEventListener('keydown', close)
    return () => {
      document.removeEventListener('click', close)
      document.removeEventListener('keydown', close)
    }
  }, [])
  return (
    <details class="menu" ref={ref}>
      <summary class={look}>{label}</summary>
      <ul>{children}</ul>
    </details>
  )
}

/** The way to this page, from the top of the site. */
export function Trail({ steps }: { steps: readonly { to: string; title: string }[] }) {
  return (
    <nav aria-label="Breadcrumb" class="text-sm text-soft">
      <ol class="flex flex-wrap gap-x-2">
        {steps.map(({ to, title }, index) => (
          <li key={to} class="flex gap-2">
            <Link to={to} class="hover:underline">
              {title}
            </Link>
            {index < steps.length - 1 && <span aria-hidden="true">/</span>}
          </li>
        ))}
      </ol>
    </nav>
  )
}
