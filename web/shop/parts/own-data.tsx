import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { ask, call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card } from '../../kit/card'
import { TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { Notice, Problem } from '../../kit/notice'
import { go } from '../../kit/route'
import { signOut } from '../../kit/session'
import { words } from '../words'

/** Everything that the shop keeps about a person, as a file; and its end. */
export function OwnData() {
  const w = words.value
  const [password, setPassword] = useState('')
  const load = useAction<void>(async () => {
    const response = await ask('GET', '/api/users/me/export')
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(await response.blob()), download: 'my-data.json' })
    link.click()
    URL.revokeObjectURL(link.href)
  })
  const erase = useAction(async (body: object) => {
    await call('DELETE', '/api/users/me', { body })
    await signOut()
    go('/', { replace: true })
  })
  return (
    <>
      <Card title={w.export}>
        <div class="grid justify-items-start gap-4">
          <p class="text-soft">{w.exportHint}</p>
          <Button busy={load.busy} onClick={() => load.run()}>
            {w.download}
          </Button>
          <Problem problem={load.problem} />
        </div>
      </Card>
      <Card title={w.erase}>
        <Form class="grid justify-items-start gap-4" onSubmit={() => erase.run({ current_password: password })}>
          <Notice tone="warn">{w.eraseHint}</Notice>
          <TextField
            name="password"
            label={w.currentPassword}
            type="password"
            value={password}
            onInput={setPassword}
            autoComplete="current-password"
            required
          />
          <Problem problem={erase.problem} />
          <Button type="submit" look="danger" busy={erase.busy}>
            {w.erase}
          </Button>
        </Form>
      </Card>
    </>
  )
}
