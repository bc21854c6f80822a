import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface Described {
  label: string
  hint?: ComponentChildren
  error?: string | undefined
  required?: boolean
}

interface FieldProps extends Described {
  children: (attributes: { id: string; 'aria-invalid': boolean; 'aria-describedby': string | undefined }) => ComponentChildren
  class?: string
}

/** A label, a hint and an error around a control, and tied to it for screen readers. */
export function Field({ label, hint, error, required, children, class: look = '' }: FieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div class={`grid gap-1 content-start ${look}`}>
      <label for={id} class="font-semibold text-sm">
        {label}
        {required && (
          <span class="text-soft font-normal" aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </label>
      {children({ id, 'aria-invalid': Boolean(error), 'aria-describedby': described })}
      {hint && (
        <p id={`${id}-hint`} class="text-soft text-sm">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="text-bad text-sm font-medium">
          {error}
        </p>
      )}
    </div>
  )
}

interface TextFieldProps extends Described {
  name: string
  value: string
  onInput: (value: string) => void
  type?: 'text' | 'email' | 'password' | 'tel' | 'number' | 'search' | 'date' | 'time' | 'datetime-local' | 'url'
  autoComplete?: string
  inputMode?: 'text' | 'numeric' | 'decimal' | 'email' | 'tel'
  lines?: number
  maxLength?: number
  min?: number | string
  max?: number | string
  step?: number | string
  placeholder?: string
  disabled?: boolean
  /** The id of a `<datalist>` with what may be chosen instead of typed. */
  list?: string
  class?: string
}

export function TextField({
  label,
  hint,
  error,
  required = false,
  value,
  onInput,
  type = 'text',
  lines,
  class: look = '',
  ...rest
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} required={required} class={look}>
      {attributes =>
        lines ? (
          <textarea
            {...attributes}
            name={rest.name}
            class="control"
            rows={lines}
            required={required}
            maxLength={rest.maxLength}
            placeholder={rest.placeholder}
            disabled={rest.disabled}
            value={value}
            onInput={event => onInput(event.currentTarget.value)}
          />
        ) : (
          <input
            {...attributes}
            {...rest}
            // Preact's types know a set of attributes for each type alone; those here fit all of them.
            type={type as 'text'}
            class="control"
            required={required}
            value={value}
            onInput={event => onInput(event.currentTarget.value)}
          />
        )
      }
    </Field>
  )
}

interface SelectProps extends Described {
  name: string
  value: string
  onChange: (value: string) => void
  options: readonly { value: string; label: string }[]
  /** What the choice of nothing is called; without it something has to be chosen. */
  none?: string
  class?: string
}

export function Select({ label, hint, error, required = false, name, value, onChange, options, none, class: look = '' }: SelectProps) {
  return (
    <Field label={label} hint={hint} error={error} required={required} class={look}>
      {attributes => (
        <select
          {...attributes}
          name={name}
          class="control"
          required={required}
          value={value}
          onChange={event => onChange(event.currentTarget.value)}
        >
          {none !== undefined && <option value="">{none}</option>}
          {options.map(option => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface CheckProps {
  label: ComponentChildren
  checked: boolean
  onChange: (checked: boolean) => void
  name?: string
  /** While this is true it stays as it is. Not `disabled`: that would take the focus away from whoever uses the keyboard. */
  busy?: boolean
}

export function Check({ label, checked, onChange, name, busy = false }: CheckProps) {
  return (
    <label class="flex items-start gap-2.5 cursor-pointer">
      <input
        type="checkbox"
        class="mt-0.5"
        name={name}
        aria-disabled={busy}
        checked={checked}
        onClick={event => busy && event.preventDefault()}
        onChange={event => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  )
}
