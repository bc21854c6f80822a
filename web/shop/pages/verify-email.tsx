import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card } from '../../kit/card'
import { Notice, Problem } from '../../kit/notice'
import { query } from '../../kit/route'
import { reloadPerson } from '../../kit/session'
import { titled } from '../../kit/site'
import { words } from '../words'

/** Opened from a mail. A click confirms: programs that look at links in mails must not. */
export default function VerifyEmail() {
  const w = words.value
  titled(w.verifyTitle, w.shop)
  const [done, setDone] = useState(false)
  const verify = useAction(async (token: string) => {
    await call('POST', '/api/users/verify-email', { body: { token } })
    setDone(true)
    await reloadPerson()
  })
  return (
    <div class="grid max-w-lg gap-6">
      <h1>{w.verifyTitle}</h1>
      <Card>
        <div class="grid justify-items-start gap-4">
          {done ? (
            <Notice tone="good">{w.addressConfirmed}</Notice>
          ) : (
            <Button look="main" busy={verify.busy} onClick={() => verify.run(query.value.get('token') ?? '')}>
              {w.verifyNow}
            </Button>
          )}
          <Problem problem={verify.problem} words={{ invalid_token: w.linkOver }} />
        </div>
      </Card>
    </div>
  )
}
