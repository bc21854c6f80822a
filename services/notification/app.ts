import type { Http } from '#shared/http'
import { notificationRoutes } from './routes'

export const notificationApp = (deps: { http: Http }) => deps.http('').use(notificationRoutes(deps))
export type NotificationApi = ReturnType<typeof notificationApp>
