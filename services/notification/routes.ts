import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { KindView, kindViews } from './model'

export const notificationRoutes = ({ http }: { http: Http }) =>
  http('/api/notifications').get('/kinds', () => ({ items: kindViews() }), {
    public: true,
    response: { 200: t.Object({ items: t.Array(KindView) }) },
    detail: { summary: 'What the shop sends messages about, and on which channels' },
  })
