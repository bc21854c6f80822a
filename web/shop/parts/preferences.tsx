import { useEffect, useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card, Skeleton } from '../../kit/card'
import { Check, TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { NotificationKindInfo, NotificationPreferences } from '../types'
import { words } from '../words'

const path = '/api/notifications/preferences'

/** What is told by which way. What is critical, such as a new password, is always told. */
export function Preferences() {
  const w = words.value
  const kinds = useQuery<{ items: NotificationKindInfo[] }>('/api/notifications/kinds')
  const { data, problem, loading, reload } = useQuery<NotificationPreferences>(path)
  const [given, setGiven] = useState<NotificationPreferences>()
  // Once, from a fresh answer: what is read again later is not to take away what was changed here.
  useEffect(() => {
    if (!loading) setGiven(before => before ?? data)
  }, [data, loading])
  const save = useAction(async (body: NotificationPreferences) => {
    setGiven(await call<NotificationPreferences>('PUT', path, { body }))
    changed(path)
    say(w.saved)
  })
  if (!given || !kinds.data)
    return <Card>{problem ? <Problem problem={problem} onRetry={reload} /> : <Skeleton lines={8} class="h-8" />}</Card>
  const quiet = given.quiet_hours
  const setQuiet = (change: object) => {
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    setGiven({ ...given, quiet_hours: { ...(quiet ?? { from: '22:00', until: '07:00' }), time_zone, ...change } })
  }
  return (
    <Card title={w.preferences}>
      <Form class="grid gap-6" onSubmit={() => save.run(given)}>
        {kinds.data.items
          .filter(({ class: importance }) => importance !== 'critical')
          .filter(({ kind }) => given.kinds[kind])
          .map(({ kind, channels }) => (
            <fieldset key={kind} class="grid gap-2">
              <legend class="pb-1 font-semibold">{w.kinds(kind)}</legend>
              <div class="flex flex-wrap gap-x-6 gap-y-2">
                {channels.map(channel => (
                  <Check
                    key={channel}
                    label={w.channels(channel)}
                    checked={given.kinds[kind]?.[channel] ?? false}
                    onChange={on => setGiven({ ...given, kinds: { ...given.kinds, [kind]: { ...given.kinds[kind], [channel]: on } } })}
                  />
                ))}
              </div>
            </fieldset>
          ))}
        <fieldset class="grid gap-3">
          <legend class="pb-1 font-semibold">{w.quietHours}</legend>
          <Check
            label={w.quietHint}
            checked={quiet !== null}
            onChange={on => (on ? setQuiet({}) : setGiven({ ...given, quiet_hours: null }))}
          />
          {quiet && (
            <div class="flex flex-wrap gap-4">
              <TextField name="from" label={w.from} type="time" value={quiet.from} onInput={from => setQuiet({ from })} required />
              <TextField name="until" label={w.until} type="time" value={quiet.until} onInput={until => setQuiet({ until })} required />
            </div>
          )}
        </fieldset>
        <Problem problem={save.problem} />
        <div>
          <Button type="submit" look="main" busy={save.busy}>
            {w.save}
          </Button>
        </div>
      </Form>
    </Card>
  )
}
