import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useAction } from './action'
import { Button } from './button'
import { TextField } from './field'
import { Form } from './form'
import { kitWords } from './kit-words'
import { Notice, Problem } from './notice'
import { answerChallenge, sessionEnded, signIn } from './session'

interface SignInProps {
  title: string
  onDone?: () => void
  /** Links below: to open an account, to ask for a new password. */
  children?: ComponentChildren
}

/** Signs in by e-mail or username, and asks for the second factor where the account has one. */
export function SignIn({ title, onDone, children }: SignInProps) {
  const words = kitWords.value
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [challenge, setChallenge] = useState('')
  const [code, setCode] = useState('')
  const first = useAction<void>(async () => {
    const asked = await signIn({ [login.includes('@') ? 'email' : 'username']: login.trim(), password })
    if (asked) setChallenge(asked)
    else onDone?.()
  })
  const second = useAction<void>(async () => {
    await answerChallenge(challenge, code.replaceAll(' ', ''))
    onDone?.()
  })
  return (
    <Form class="card grid gap-4 p-6 w-full max-w-md" onSubmit={() => (challenge ? second : first).run()}>
      <h1 class="display text-2xl">{title}</h1>
      {sessionEnded.value && <Notice tone="warn">{words.sessionEnded}</Notice>}
      {challenge ? (
        <>
          <TextField
            name="code"
            label={words.code}
            hint={words.codeHint}
            value={code}
            onInput={setCode}
            autoComplete="one-time-code"
            required
          />
          <Problem problem={second.problem} />
          <Button type="submit" look="main" busy={second.busy}>
            {words.confirmCode}
          </Button>
          <Button look="quiet" onClick={() => setChallenge('')}>
            {words.startOver}
          </Button>
        </>
      ) : (
        <>
          <TextField name="username" label={words.email} value={login} onInput={setLogin} autoComplete="username" required />
          <TextField
            name="password"
            label={words.password}
            type="password"
            value={password}
            onInput={setPassword}
            autoComplete="current-password"
            required
          />
          <Problem problem={first.problem} />
          <Button type="submit" look="main" busy={first.busy}>
            {words.signIn}
          </Button>
          {children}
        </>
      )}
    </Form>
  )
}
