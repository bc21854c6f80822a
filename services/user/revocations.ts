import { accessTokens } from '#shared/auth'
import type { Redis } from '#shared/redis'
import { revocationStream } from '#shared/revocations'

/** A minute more than a token lives, for clocks that differ. */
const keepMs = (accessTokens.lifeSeconds + 60) * 1000

/** Puts ended sessions on the stream that every instance of every service follows. Told twice is told once. */
export const tellEnded =
  ({ client }: Redis) =>
  async (sids: string[]) => {
    const oldest = Date.now() - keepMs
    await Promise.all(sids.map(sid => client.xadd(revocationStream, 'MINID', '~', oldest, '*', 'sid', sid)))
  }
