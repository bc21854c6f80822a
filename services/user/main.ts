import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { minute, second } from '#shared/time'
import { userApp } from './app'
import { userClients } from './clients'
import { compose } from './compose'
import { requireDataKeys } from './data-keys'
import { auditSchemaOf, type UserDb } from './database'
import { userHandlers } from './events'
import * as migrations from './migrations'

export const start = (env?: Environment) =>
  runService(
    'user',
    async ({ http, bus, every, client, config, redis, log, ...kernel }) => {
      const sql = await kernel.sql<UserDb>(migrations)
      const user = compose({
        sql,
        auditSchema: await auditSchemaOf(sql.db),
        redis,
        clients: userClients(client),
        log,
        dataKeys: config.text('DATA_KEYS'),
      })
      const { vault, audit, keys, sessions, tokens, quotas, emailWarnings, secondFactors, managedAccounts } = user
      await requireDataKeys({ sql, vault })
      await keys.ensureKey()
      const adminEmail = config.optional('ADMIN_EMAIL')
      if (adminEmail) await managedAccounts.ensureAdmin(adminEmail, config.text('ADMIN_PASSWORD'))
      every('publish ended sessions', second, sessions.publishDue)
      every('maintain signing keys', 30 * second, keys.maintain)
      every('reseal under the newest data key', second, user.reseal)
      every('delete what has expired', minute, () =>
        Promise.all([sessions, tokens, quotas, emailWarnings, secondFactors].map(({ deleteExpired }) => deleteExpired())),
      )
      every('move audit entries of an earlier release', minute, audit.moveOldEntries)
      await bus.consume(userHandlers(user))
      return userApp({ http, ...user })
    },
    env,
  )

if (import.meta.main) await start()
