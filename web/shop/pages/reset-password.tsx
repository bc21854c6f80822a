import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card } from '../../kit/card'
import { TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { faultOf, Notice, Problem } from '../../kit/notice'
import { Link, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { words } from '../words'

/** Without a token it asks for a mail; with the token of that mail it sets a new password. */
export default function ResetPassword() {
  const w = words.value
  titled(w.forgot, w.shop)
  const token = query.value.get('token')
  const [text, setText] = useState('')
  const [done, setDone] = useState(false)
  const act = useAction(async (given: string) => {
    if (token) await call('POST', '/api/users/password/reset', { body: { token, new_password: given } })
    else await call('POST', '/api/users/password/forgot', { body: { email: given.trim() } })
    setDone(true)
  })
  return (
    <div class="grid max-w-lg gap-6">
      <h1>{token ? w.newPassword : w.forgot}</h1>
      <Card>
        {done ? (
          <div class="grid justify-items-start gap-4">
            <Notice tone="good">{token ? w.passwordChanged : w.mailSent}</Notice>
            <Link to="/sign-in" class="button button-main">
              {w.signInTitle}
            </Link>
          </div>
        ) : (
          <Form onSubmit={() => act.run(text)}>
            {token ? (
              <TextField
                name="new_password"
                label={w.newPassword}
                type="password"
                value={text}
                onInput={setText}
                autoComplete="new-password"
                hint={w.passwordHint}
                required
                error={faultOf(act.problem, 'new_password')}
              />
            ) : (
              <TextField
                name="email"
                label={w.email}
                type="email"
                value={text}
                onInput={setText}
                autoComplete="email"
                hint={w.forgotHint}
                required
              />
            )}
            <Problem problem={act.problem} words={{ invalid_token: w.linkOver }} />
            <Button type="submit" look="main" busy={act.busy}>
              {token ? w.save : w.sendMail}
            </Button>
          </Form>
        )}
      </Card>
    </div>
  )
}
