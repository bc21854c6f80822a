import { Badge } from '../kit/card'
import { day, Time } from '../kit/format'
import { Link } from '../kit/route'
import { span } from './look'
import { Replay } from './replay'
import { gist, type Step } from './timeline'

const typeTone = (type: string) =>
  /failed|rejected|cancelled|timeout|voided/.test(type) ? 'bad' : /processed|delivered|committed|reserved/.test(type) ? 'good' : undefined

function Fact({ fact }: { fact: Extract<Step, { kind: 'fact' }>['fact'] }) {
  return (
    <div class="grid gap-1 min-w-0">
      <span class="flex flex-wrap items-center gap-2">
        <Badge tone={typeTone(fact.type)}>{fact.type}</Badge>
        <span class="text-sm text-soft">{fact.service}</span>
      </span>
      <span class="text-sm">{gist(fact.data)}</span>
      <details class="text-sm">
        <summary class="cursor-pointer text-soft">
          event <code class="break-all">{fact.event_id}</code>
        </summary>
        <pre class="mt-1 whitespace-pre-wrap break-all rounded-control bg-sunken p-3 text-xs">{JSON.stringify(fact.data, null, 2)}</pre>
      </details>
    </div>
  )
}

function Letter({ letter }: { letter: Extract<Step, { kind: 'letter' }>['letter'] }) {
  return (
    <div class="grid gap-2 rounded-control border border-bad p-3 min-w-0">
      <span class="flex flex-wrap items-center gap-2">
        <Badge tone="bad">given up</Badge> <code>{letter.type}</code>
        <Link to={`/dead-letters?queue=${letter.queue}`} class="link text-sm">
          {letter.queue}
        </Link>
      </span>
      <span class="text-sm break-words">
        {letter.reason} {letter.attempts > 0 && <span class="text-soft">after {letter.attempts} attempts</span>}
      </span>
      <Replay letter={letter} />
    </div>
  )
}

/** The story: each step with when it happened and how long after the one before. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol class="grid gap-4">
      {steps.map((step, index) => (
        <li key={step.kind === 'fact' ? step.fact.event_id + index : step.letter.id} class="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-4">
          <span class="number text-sm text-right">
            {step.at && day(step.at) !== day(steps[index - 1]?.at || 0) && <span class="block font-semibold">{day(step.at)}</span>}
            {step.at ? <Time at={step.at} as="clock" /> : '–'}
            <span class="block text-soft">{step.gapMs === undefined ? '' : `+${span(step.gapMs)}`}</span>
          </span>
          {step.kind === 'fact' ? <Fact fact={step.fact} /> : <Letter letter={step.letter} />}
        </li>
      ))}
    </ol>
  )
}
