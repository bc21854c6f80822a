import { replayDeadLetter } from '../../sdk/src/api/discovery.ts'
import type { DeadLetter } from '../../sdk/src/api/model.ts'
import { useAction } from '../kit/action'
import { shop } from '../kit/api'
import { Button } from '../kit/button'
import { Problem, say } from '../kit/notice'
import { changed } from '../kit/query'

/** Puts one message back into its queue. A handler is safe to repeat, so nothing is asked first. */
export function Replay({ letter: { queue, id, type } }: { letter: Pick<DeadLetter, 'queue' | 'id' | 'type'> }) {
  const action = useAction(async () => {
    await replayDeadLetter(shop, queue, id)
    say(`${type} is in ${queue} again`)
    changed('/api/discovery/')
    changed('/api/orders/')
  })
  return (
    <span class="grid justify-items-start gap-2">
      <Button small busy={action.busy} label={`Replay ${type} in ${queue}`} onClick={() => action.run()}>
        Replay
      </Button>
      <Problem problem={action.problem} words={{ dead_letter_not_found: 'It is gone: somebody has replayed or deleted it.' }} />
    </span>
  )
}
