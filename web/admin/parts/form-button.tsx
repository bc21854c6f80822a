import { useState } from 'preact/hooks'
import { Button } from '../../kit/button'
import { FormDialog, type FormField } from './form-dialog'
import type { Values } from './values'

interface Props {
  label: string
  title?: string
  fields: readonly FormField[]
  values?: Values
  onSave: (values: Values, headers: Record<string, string>) => Promise<unknown>
  look?: 'main' | 'plain' | 'quiet' | 'danger'
  small?: boolean
}

/** A button that opens a form. */
export function FormButton({ label, title = label, fields, values, onSave, look = 'plain', small = false }: Props) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button look={look} small={small} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && (
        <FormDialog
          title={title}
          save={label}
          fields={fields}
          danger={look === 'danger'}
          onSave={onSave}
          onClose={() => setOpen(false)}
          {...(values && { values })}
        />
      )}
    </>
  )
}
