import { startBare } from '../bare/process'
import { rate } from '../load'
import { atLeast, pair } from '../measure'
import { bearer } from '../shop'
import type { Rows } from './rows'

/** A route of the kernel that only says hello, with its guard and without. */
export const guarded: Rows = {
  needs: [],
  async *measure({ gateway, customer }) {
    const bare = await startBare('guarded', { JWKS_URL: `${gateway}/.well-known/jwks.json` })
    const headers = bearer(await customer())
    try {
      const rates = await pair(
        () => rate(`${bare.url}guarded`, { headers }),
        () => rate(`${bare.url}open`),
      )
      yield atLeast(0.75, {
        what: 'a guarded route',
        against: 'the same route unguarded',
        costs: 'reading the header, looking up the remembered token, and the two hooks around it',
        ...rates,
      })
    } finally {
      await bare.stop()
    }
  },
}
