import { startBare } from '../bare/process'
import { rate } from '../load'
import { atLeast, pair } from '../measure'
import { bearer } from '../shop'
import type { Rows } from './rows'

/** A route of the kernel that says hello, with and without a token: nothing else is there to hide what the guard costs. */
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
        costs: 'reading the header, the look at the remembered token and the two hooks around it',
        ...rates,
      })
    } finally {
      await bare.stop()
    }
  },
}
