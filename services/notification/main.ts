import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { notificationApp } from './app'
import { compose } from './compose'
import type { NotificationDb } from './database'
import * as migrations from './migrations'

export const start = (env?: Environment) =>
  runService(
    'notification',
    async ({ http, ...kernel }) => {
      const service = compose({ sql: await kernel.sql<NotificationDb>(migrations) })
      return notificationApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
