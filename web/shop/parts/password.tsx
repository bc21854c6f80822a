import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card } from '../../kit/card'
import { TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { faultOf, Problem, say } from '../../kit/notice'
import { changed } from '../../kit/query'
import { signInAgain } from '../../kit/session'
import { words } from '../words'

export function Password() {
  const w = words.value
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const save = useAction(async (body: { current_password: string; new_password: string }) => {
    await call('POST', '/api/users/me/password', { body })
    await signInAgain(body.new_password)
    setCurrent('')
    setNext('')
    changed('/api/users/me/sessions')
    say(w.passwordChanged)
  })
  return (
    <Card title={w.changePassword}>
      <Form onSubmit={() => save.run({ current_password: current, new_password: next })}>
        <TextField
          name="current"
          label={w.currentPassword}
          type="password"
          value={current}
          onInput={setCurrent}
          autoComplete="current-password"
          required
        />
        <TextField
          name="new"
          label={w.newPassword}
          type="password"
          value={next}
          onInput={setNext}
          autoComplete="new-password"
          hint={w.passwordHint}
          required
          error={faultOf(save.problem, 'new_password')}
        />
        <Problem problem={save.problem} />
        <div>
          <Button type="submit" look="main" busy={save.busy}>
            {w.changePassword}
          </Button>
        </div>
      </Form>
    </Card>
  )
}
