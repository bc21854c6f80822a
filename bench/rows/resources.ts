import { released } from '#shared/services'
import { startBare } from '../bare/process'
import { pss, type Row } from '../measure'
import type { Shop } from '../shop'

/** What all services cost when nothing happens, beside as many processes that only say hello. */
export const resources = async ({ pids }: Shop): Promise<Row[]> => {
  const hellos = await Promise.all(released.map(() => startBare('hello')))
  try {
    await Bun.sleep(5000)
    const ours = await pss(pids())
    const limit = await pss(hellos.map(({ pid }) => pid))
    return [
      {
        what: `memory of ${released.length} idle services (PSS)`,
        ours: `${Math.round(ours)} MiB`,
        limit: `${Math.round(limit)} MiB (as many hello apps)`,
        result: (ours / limit).toFixed(2),
        goal: '≤ 1.20',
        met: ours / limit <= 1.2,
      },
    ]
  } finally {
    await Promise.all(hellos.map(hello => hello.stop()))
  }
}
