import { useEffect, useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card, Skeleton } from '../../kit/card'
import { TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { faultOf, Notice, Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { reloadPerson } from '../../kit/session'
import type { MyProfile } from '../types'
import { words } from '../words'

const fieldsOf = ({ full_name, username, email, phone }: MyProfile) => ({ full_name, username, email, phone: phone ?? '' })

export function ProfileForm() {
  const w = words.value
  const { data, problem, loading, reload } = useQuery<MyProfile>('/api/users/me')
  const [before, setBefore] = useState<ReturnType<typeof fieldsOf>>()
  const [given, setGiven] = useState(before)
  const [proof, setProof] = useState('')
  const fill = (profile: MyProfile) => {
    setBefore(fieldsOf(profile))
    setGiven(fieldsOf(profile))
  }
  // Once, from a fresh answer: what is read again later is not to take away what was typed.
  useEffect(() => {
    if (data && !loading && !before) fill(data)
  }, [data, loading])
  const save = useAction(async (change: object) => {
    fill(await call<MyProfile>('PATCH', '/api/users/me', { body: change }))
    setProof('')
    await reloadPerson()
    changed('/api/users/me')
    say(w.saved)
  })
  const verify = useAction<void>(async () => {
    await call('POST', '/api/users/me/verify-email')
    say(w.mailSent)
  })
  if (!data || !before || !given) return problem ? <Problem problem={problem} onRetry={reload} /> : <Skeleton lines={5} class="h-12" />
  const change = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value !== before[name as keyof typeof before] ? [[name, value.trim() || null]] : [])),
  )
  const newEmail = 'email' in change
  const fields = [
    ['full_name', w.fullName, 'text', 'name', true, 200],
    ['username', w.username, 'text', 'username', true, 64],
    ['email', w.email, 'email', 'email', true, 254],
    ['phone', w.phone, 'tel', 'tel', false, 40],
  ] as const
  return (
    <Card>
      <Form onSubmit={() => save.run({ ...change, ...(newEmail && { current_password: proof }) })}>
        {!data.email_verified && (
          <Notice tone="warn" title={w.notVerified}>
            <div>
              <Button small busy={verify.busy} onClick={() => verify.run()}>
                {w.sendMail}
              </Button>
            </div>
          </Notice>
        )}
        {data.pending_email && <Notice tone="info">{w.pendingEmail(data.pending_email)}</Notice>}
        {fields.map(([name, label, type, autoComplete, required, maxLength]) => (
          <TextField
            key={name}
            name={name}
            label={label}
            type={type}
            value={given[name]}
            onInput={value => setGiven({ ...given, [name]: value })}
            autoComplete={autoComplete}
            required={required}
            maxLength={maxLength}
            error={faultOf(save.problem, name)}
          />
        ))}
        {newEmail && (
          <TextField
            name="current_password"
            label={w.currentPassword}
            type="password"
            value={proof}
            onInput={setProof}
            autoComplete="current-password"
            required
          />
        )}
        <Problem problem={save.problem ?? verify.problem} />
        <div>
          <Button type="submit" look="main" busy={save.busy} disabled={Object.keys(change).length === 0}>
            {w.save}
          </Button>
        </div>
      </Form>
    </Card>
  )
}
