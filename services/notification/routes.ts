import type { Http } from '#shared/http'
import { eventStream, eventStreamDetail, versionFromHeader } from '#shared/live-streams'
import { listOf, page } from '#shared/page'
import { IdParam } from '#shared/schema'
import type { NotificationService } from './compose'
import { KindView, kindViews, MessagePage, MessagesQuery, MessageView, messageView, UnreadView } from './model'

type Deps = Pick<NotificationService, 'messages' | 'streams'> & { http: Http }

export const notificationRoutes = ({ http, messages, streams }: Deps) =>
  http('/api/notifications')
    .get('/kinds', () => ({ items: kindViews() }), {
      public: true,
      response: { 200: listOf(KindView) },
      detail: { operationId: 'listNotificationKinds', summary: 'What the shop sends messages about, and on which channels' },
    })
    .get(
      '/',
      async ({ user, query }) => {
        const found = await messages.list(user.id, query)
        return { ...page(found, query, messageView), unread: Math.min(found.unread, 10_000) }
      },
      {
        auth: true,
        query: MessagesQuery,
        response: { 200: MessagePage },
        detail: {
          operationId: 'listNotifications',
          summary: 'My messages, newest first, in my language',
          description: '`unread=true` leaves out what was read.',
        },
      },
    )
    .post(
      '/seen',
      async ({ user }) => {
        await messages.markSeen(user.id)
        return { unread: await messages.countUnread(user.id) }
      },
      {
        auth: true,
        response: { 200: UnreadView },
        repeats: 'changes nothing',
        detail: { operationId: 'markNotificationsSeen', summary: 'All of my messages were shown to me: none is new any more' },
      },
    )
    .post(
      '/read-all',
      async ({ user }) => {
        await messages.markAllRead(user.id)
        return { unread: await messages.countUnread(user.id) }
      },
      {
        auth: true,
        response: { 200: UnreadView },
        repeats: 'changes nothing',
        detail: { operationId: 'markAllNotificationsRead', summary: 'All of my messages are read' },
      },
    )
    .post('/:id/read', async ({ user, params }) => messageView(await messages.markRead(user.id, params.id)), {
      auth: true,
      params: IdParam,
      response: { 200: MessageView },
      problems: ['notification_not_found'],
      repeats: 'changes nothing',
      detail: { operationId: 'markNotificationRead', summary: 'A message is read' },
    })
    .get(
      '/stream',
      async ({ user, headers, request }) => {
        const [newest] = await messages.newest([user.id])
        const subject = { id: user.id, version: newest?.version ?? 0 }
        const after = versionFromHeader(headers['last-event-id']) ?? subject.version
        return eventStream(request.method === 'HEAD' ? null : streams.open(subject, { user, after }))
      },
      {
        auth: true,
        problems: ['too_many_streams'],
        detail: {
          ...eventStreamDetail('Server-sent events with the message as data and its id as id'),
          operationId: 'streamNotifications',
          summary: 'My messages live, as they come',
          description:
            'With `Last-Event-ID`, the stream begins with what came after that message. A comment every 15 seconds keeps it alive; it ends with the access token.',
        },
      },
    )
