import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { kitWords } from './kit-words'

const looks = {
  main: 'button button-main',
  plain: 'button button-plain',
  quiet: 'button button-quiet',
  danger: 'button button-danger',
} as const

interface ButtonProps {
  children: ComponentChildren
  look?: keyof typeof looks
  small?: boolean
  type?: 'button' | 'submit'
  /** While this is true, or until the promise of `onClick` settles, another click does nothing. */
  busy?: boolean | undefined
  disabled?: boolean | undefined
  label?: string
  class?: string
  onClick?: (event: MouseEvent) => unknown
}

export function Button({
  children,
  look = 'plain',
  small,
  type = 'button',
  busy,
  disabled,
  label,
  class: more = '',
  onClick,
}: ButtonProps) {
  const [working, setWorking] = useState(false)
  const isBusy = busy || working
  const click = async (event: MouseEvent) => {
    if (isBusy || disabled) return event.preventDefault()
    const result = onClick?.(event)
    if (!(result instanceof Promise)) return
    setWorking(true)
    try {
      await result
    } finally {
      setWorking(false)
    }
  }
  return (
    // Not `disabled` while it is busy: that would take the focus away from whoever uses the keyboard.
    <button
      type={type}
      class={`${looks[look]} ${small ? 'button-small' : ''} ${more}`}
      disabled={disabled}
      aria-busy={isBusy ? 'true' : undefined}
      aria-disabled={isBusy ? 'true' : undefined}
      aria-label={label}
      onClick={click}
    >
      {isBusy && <span class="spinner" role="img" aria-label={kitWords.value.busy} />}
      {children}
    </button>
  )
}
