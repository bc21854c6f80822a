import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Card } from '../../kit/card'
import { TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { Notice, Problem, say } from '../../kit/notice'
import { person, reloadPerson } from '../../kit/session'
import { words } from '../words'

interface Secret {
  secret: string
  otpauth_uri: string
}

/** A second factor: the secret goes into an authenticator app, and a code of it proves that it arrived. */
export function SecondFactor() {
  const w = words.value
  const [password, setPassword] = useState('')
  const [secret, setSecret] = useState<Secret>()
  const [code, setCode] = useState('')
  const [recovery, setRecovery] = useState<readonly string[]>([])
  const isOn = person.value?.mfa_enabled ?? false
  const begin = useAction(async (body: object) => setSecret(await call<Secret>('POST', '/api/users/me/mfa', { body })))
  const finish = useAction(async (body: object) => {
    const { recovery_codes } = await call<{ recovery_codes: string[] }>('POST', '/api/users/me/mfa/verify', { body })
    setRecovery(recovery_codes)
    setSecret(undefined)
    setPassword('')
    setCode('')
    await reloadPerson()
  })
  const end = useAction(async (body: object) => {
    await call('DELETE', '/api/users/me/mfa', { body })
    setPassword('')
    setRecovery([])
    await reloadPerson()
    say(w.saved)
  })
  const submit = () => (secret ? finish.run({ code: code.replaceAll(' ', '') }) : (isOn ? end : begin).run({ current_password: password }))
  return (
    <Card title={w.secondFactor} actions={<Badge tone={isOn ? 'good' : undefined}>{isOn ? w.on : w.off}</Badge>}>
      <Form onSubmit={submit}>
        <p class="text-soft">{w.secondFactorHint}</p>
        {recovery.length > 0 && (
          <Notice tone="good" title={w.recoveryCodes}>
            <p>{w.recoveryHint}</p>
            <pre class="select-all font-mono">{recovery.join('\n')}</pre>
          </Notice>
        )}
        {secret ? (
          <>
            <p>{w.scanHint}</p>
            <p class="select-all break-all font-mono font-semibold">{secret.secret}</p>
            <p>
              <a class="link" href={secret.otpauth_uri}>
                {w.openApp}
              </a>
            </p>
            <TextField
              name="code"
              label={w.code}
              value={code}
              onInput={setCode}
              autoComplete="one-time-code"
              inputMode="numeric"
              required
            />
          </>
        ) : (
          <TextField
            name="password"
            label={w.currentPassword}
            type="password"
            value={password}
            onInput={setPassword}
            autoComplete="current-password"
            required
          />
        )}
        <Problem problem={finish.problem ?? begin.problem ?? end.problem} />
        <div>
          <Button type="submit" look={isOn ? 'danger' : 'main'} busy={begin.busy || finish.busy || end.busy}>
            {secret ? w.confirm : isOn ? w.turnOff : w.turnOn}
          </Button>
        </div>
      </Form>
    </Card>
  )
}
