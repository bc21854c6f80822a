import { useRef, useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { faultOf, Problem } from '../../kit/notice'
import { Link } from '../../kit/route'
import { signIn } from '../../kit/session'
import { language } from '../../kit/words'
import { signInFromHere } from '../then'
import { words } from '../words'

const empty = { full_name: '', email: '', username: '', password: '' }

/** Opens an account and signs in. */
export function Register({ onDone }: { onDone: () => void }) {
  const w = words.value
  const [given, setGiven] = useState(empty)
  // The account that was opened, where only signing in failed: the next try opens no other. Of other input the shop says whether it has an account.
  const opened = useRef<typeof empty | undefined>(undefined)
  const open = useAction(async (account: typeof empty) => {
    if (JSON.stringify(opened.current) !== JSON.stringify(account))
      await call('POST', '/auth/register', { body: { ...account, language: language.value } })
    opened.current = account
    await signIn({ email: account.email, password: account.password })
    onDone()
  })
  const fields = [
    ['full_name', w.fullName, 'text', 'name', 200],
    ['email', w.email, 'email', 'email', 254],
    ['username', w.username, 'text', 'username', 64],
    ['password', w.password, 'password', 'new-password', 128],
  ] as const
  return (
    <Form
      class="card grid w-full max-w-md gap-4 p-6"
      onSubmit={() => open.run({ ...given, email: given.email.trim(), username: given.username.trim() })}
    >
      <h2 class="display text-2xl">{w.openAccount}</h2>
      {fields.map(([name, label, type, autoComplete, maxLength]) => (
        <TextField
          key={name}
          name={name}
          label={label}
          type={type}
          value={given[name]}
          onInput={value => setGiven({ ...given, [name]: value })}
          autoComplete={autoComplete}
          maxLength={maxLength}
          required
          error={faultOf(open.problem, name)}
          {...(name === 'password' && { hint: w.passwordHint })}
        />
      ))}
      <Problem problem={open.problem} />
      {open.problem?.code === 'email_taken' && (
        <Link to={signInFromHere()} class="link">
          {w.haveAccount}
        </Link>
      )}
      <Button type="submit" look="main" busy={open.busy}>
        {w.openAccount}
      </Button>
    </Form>
  )
}
