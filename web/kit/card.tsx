import type { ComponentChildren } from 'preact'
import type { Tone } from './notice'

interface CardProps {
  title?: string
  /** Buttons and links at the right of the title. */
  actions?: ComponentChildren
  children: ComponentChildren
  /** For tables, whose rows reach to the edge. */
  flush?: boolean
  class?: string
}

export function Card({ title, actions, children, flush = false, class: look = '' }: CardProps) {
  return (
    <section class={`card min-w-0 ${look}`}>
      {(title || actions) && (
        <header class="flex flex-wrap items-center justify-between gap-3 px-5 pt-4 pb-2">
          {title && <h2>{title}</h2>}
          {actions && <div class="flex flex-wrap gap-2">{actions}</div>}
        </header>
      )}
      <div class={flush ? 'pb-1' : title ? 'p-5 pt-3' : 'p-5'}>{children}</div>
    </section>
  )
}

/** A state in a word. The colour repeats what the word says: it is never the only sign. */
export function Badge({ tone, children }: { tone?: Tone | undefined; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone ? `tone-${tone}` : ''}`}>
      <span aria-hidden="true" class="size-1.5 rounded-full bg-current" />
      {children}
    </span>
  )
}

interface EmptyProps {
  title: string
  /** Why there is nothing, and what to do. */
  children?: ComponentChildren
  action?: ComponentChildren
}

export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div class="grid justify-items-center gap-2 px-6 py-14 text-center">
      <p class="display text-xl">{title}</p>
      {children && <div class="text-soft max-w-prose">{children}</div>}
      {action && <div class="pt-2">{action}</div>}
    </div>
  )
}

/** Takes the place of lines that are on their way, so that nothing moves when they come. */
export function Skeleton({ lines = 1, class: look = 'h-4' }: { lines?: number; class?: string }) {
  return (
    <div class="grid gap-3" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class={`skeleton ${look}`} />
      ))}
    </div>
  )
}

interface Figure {
  label: string
  value: ComponentChildren
  note?: ComponentChildren
}

/** A figure with its name, for overviews. */
export function Stat({ label, value, note }: Figure) {
  return (
    <div class="card grid gap-1 p-5 content-start">
      <span class="text-soft text-sm">{label}</span>
      <strong class="number text-2xl font-semibold tracking-tight">{value}</strong>
      {note && <span class="text-soft text-sm">{note}</span>}
    </div>
  )
}
