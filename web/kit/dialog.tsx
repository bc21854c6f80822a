import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useAction } from './action'
import { Button } from './button'
import { kitWords } from './kit-words'
import { Problem } from './notice'

interface DialogProps {
  title: string
  onClose: () => void
  children: ComponentChildren
  /** While something is under way the dialog stays. */
  busy?: boolean
}

/** Opens when it is drawn. The browser keeps the focus inside, and gives it back to where it was. */
export function Dialog({ title, onClose, children, busy = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      class="dialog"
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault()
        if (!busy) onClose()
      }}
    >
      <header class="sticky top-0 z-10 flex items-start justify-between gap-4 bg-card px-5 pt-5 pb-2">
        <h2 id={id}>{title}</h2>
        <Button look="quiet" small label={kitWords.value.close} disabled={busy} onClick={onClose}>
          ×
        </Button>
      </header>
      <div class="grid gap-4 p-5 pt-3">{children}</div>
    </dialog>
  )
}

interface ConfirmProps {
  /** What the button says: a verb and what it is for. */
  label: string
  title: string
  /** What will happen, and whether it can be taken back. */
  children: ComponentChildren
  onConfirm: (headers: { 'idempotency-key': string }) => Promise<unknown>
  look?: 'main' | 'plain' | 'quiet' | 'danger'
  small?: boolean
  disabled?: boolean
}

/** A button whose act is confirmed first, in a dialog that shows how it went. */
export function Confirm({ label, title, children, onConfirm, look = 'danger', small = false, disabled = false }: ConfirmProps) {
  const [open, setOpen] = useState(false)
  const action = useAction<void>((_, { headers }) => onConfirm(headers))
  const close = () => {
    action.clear()
    setOpen(false)
  }
  const confirm = async () => {
    if (await action.run()) setOpen(false)
  }
  return (
    <>
      <Button look={look} small={small} disabled={disabled} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && (
        <Dialog title={title} onClose={close} busy={action.busy}>
          <div class="text-soft">{children}</div>
          <Problem problem={action.problem} />
          <div class="flex flex-wrap justify-end gap-2">
            <Button disabled={action.busy} onClick={close}>
              {kitWords.value.cancel}
            </Button>
            <Button look={look === 'danger' ? 'danger' : 'main'} busy={action.busy} onClick={confirm}>
              {label}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  )
}
