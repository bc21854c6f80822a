import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { userApp } from './app'
import type { UserDb } from './database'
import * as migrations from './migrations'
import { neighbours } from './neighbours'
import { createUsers } from './users'

const second = 1000
const hour = 3600 * second

export const start = (env?: Environment) =>
  runService(
    'user',
    async ({ config, log, http, redis, client, sql: openSql, every }) => {
      const sql = await openSql<UserDb>(migrations)
      const users = createUsers({
        sql,
        redis,
        log,
        dataKeys: config.text('DATA_KEYS'),
        ...neighbours(client),
      })
      const { keys, sessions, tokens, mfa, manager, reseal } = users
      await keys.open()
      const email = config.optional('ADMIN_EMAIL')
      if (email) await manager.ensureAdmin(email, config.text('ADMIN_PASSWORD'))
      every('announce ended sessions', second, sessions.announceDue)
      every('tend signing keys', 30 * second, keys.tend)
      every('reseal under the newest data key', second, reseal)
      every('forget old sessions and tokens', hour / 60, () => Promise.all([sessions.forgetOld(), tokens.forgetOld(), mfa.forgetOld()]))
      return userApp({ http, ...users })
    },
    env,
  )

if (import.meta.main) await start()
