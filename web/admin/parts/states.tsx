import { Badge } from '../../kit/card'
import type { Tone } from '../../kit/notice'

const tones: Record<string, Tone> = {
  awaiting_payment: 'warn',
  pending: 'warn',
  requires_action: 'warn',
  waiting: 'warn',
  queued: 'warn',
  requested: 'warn',
  scheduled: 'info',
  authorized: 'info',
  shipped: 'info',
  in_transit: 'info',
  picked_up: 'info',
  sent: 'info',
  delivered: 'good',
  completed: 'good',
  succeeded: 'good',
  received: 'good',
  active: 'good',
  published: 'good',
  cancelled: 'bad',
  failed: 'bad',
  bounced: 'bad',
  complained: 'bad',
  suppressed: 'bad',
  rejected: 'bad',
  blocked: 'bad',
}

/** A state of the API in words, with a colour that repeats it. */
export const State = ({ of: state }: { of: string }) => <Badge tone={tones[state]}>{state.replaceAll('_', ' ')}</Badge>
