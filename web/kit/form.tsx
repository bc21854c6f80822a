import type { ComponentChildren } from 'preact'

interface FormProps {
  onSubmit: () => unknown
  children: ComponentChildren
  class?: string
}

/** A form that the page answers itself, instead of being left for another one. */
export function Form({ onSubmit, children, class: look = 'grid gap-4' }: FormProps) {
  return (
    <form
      class={look}
      onSubmit={event => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}
