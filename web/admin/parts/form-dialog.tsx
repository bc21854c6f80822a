import { useId, useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { Select, TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { faultOf, Problem } from '../../kit/notice'
import type { Values } from './values'

export interface FormField {
  name: string
  label: string
  type?: 'text' | 'password' | 'number' | 'date' | 'datetime-local'
  options?: readonly string[]
  /** With `options`: what the choice of nothing is called. */
  none?: string
  /** What may be chosen instead of typed. */
  suggestions?: readonly string[]
  lines?: number
  hint?: string
  required?: boolean
}

interface Props {
  title: string
  /** What the button says. */
  save: string
  fields: readonly FormField[]
  values?: Values
  /** For what cannot be undone. */
  danger?: boolean
  onSave: (values: Values, headers: Record<string, string>) => Promise<unknown>
  onClose: () => void
}

function Suggestions({ id, values }: { id: string; values: readonly string[] }) {
  return (
    <datalist id={id}>
      {values.map(value => (
        <option key={value} value={value} />
      ))}
    </datalist>
  )
}

/** A form in a dialog. Every value is text here; what the API wants of it is made in `onSave`. */
export function FormDialog({ title, save, fields, values = {}, danger = false, onSave, onClose }: Props) {
  const [given, setGiven] = useState<Values>(values)
  const id = useId()
  const action = useAction(async (now: Values, { headers }) => {
    await onSave(now, headers)
    onClose()
  })
  return (
    <Dialog title={title} onClose={onClose} busy={action.busy}>
      <Form onSubmit={() => action.run(given)}>
        {fields.map(({ name, label, options, none, type = 'text', suggestions, lines, hint, required = false }) => {
          const common = { name, label, required, value: given[name] ?? '', error: faultOf(action.problem, name), ...(hint && { hint }) }
          const set = (value: string) => setGiven({ ...given, [name]: value })
          return options ? (
            <Select
              key={name}
              {...common}
              {...(none !== undefined && { none })}
              onChange={set}
              options={options.map(value => ({ value, label: value.replaceAll('_', ' ') }))}
            />
          ) : (
            <TextField
              key={name}
              {...common}
              type={type}
              onInput={set}
              {...(lines && { lines })}
              {...(suggestions && { list: `${id}-${name}` })}
              {...(type === 'number' && { step: 'any' })}
              {...(type === 'password' && { autoComplete: 'current-password' })}
            />
          )
        })}
        {fields.map(({ name, suggestions }) => suggestions && <Suggestions key={name} id={`${id}-${name}`} values={suggestions} />)}
        <Problem problem={action.problem} />
        <div class="flex justify-end gap-2">
          <Button disabled={action.busy} onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look={danger ? 'danger' : 'main'} busy={action.busy}>
            {save}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
