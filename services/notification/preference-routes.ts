import { type Http, readBytes } from '#shared/http'
import { listOf } from '#shared/page'
import { IdParam, t } from '#shared/schema'
import type { NotificationService } from './compose'
import {
  DeviceView,
  deviceView,
  NewDevice,
  PreferencesBody,
  PreferencesView,
  preferencesOf,
  preferencesView,
  UnsubscribeParam,
} from './model'
import { unsubscribeAnswer, unsubscribeResponse } from './unsubscribe-page'

type Deps = Pick<NotificationService, 'preferences' | 'devices'> & { http: Http }

export const preferenceRoutes = ({ http, preferences, devices }: Deps) =>
  http('/api/notifications')
    .get('/preferences', async ({ user }) => preferencesView(await preferences.find(user.id), user.role), {
      auth: true,
      response: { 200: PreferencesView },
      detail: {
        operationId: 'getNotificationPreferences',
        summary: 'Which messages I get on which channel, in which language, and when not',
      },
    })
    .put('/preferences', async ({ user, body }) => preferencesView(await preferences.put(user.id, preferencesOf(body)), user.role), {
      auth: true,
      body: PreferencesBody,
      response: { 200: PreferencesView },
      problems: ['forbidden', 'critical_kind', 'unknown_time_zone', 'empty_quiet_hours'],
      detail: {
        operationId: 'replaceNotificationPreferences',
        summary: 'Choose which messages I get',
        description:
          'Replaces what was chosen before. Critical messages ignore it: to turn one off is 400 `critical_kind`. During quiet hours, what is not critical waits; the list in the shop gets it at once.',
      },
    })
    .get('/devices', async ({ user }) => ({ items: (await devices.list(user.id)).map(deviceView) }), {
      auth: true,
      response: { 200: listOf(DeviceView) },
      detail: { operationId: 'listDevices', summary: 'The devices that get my push messages' },
    })
    .post(
      '/devices',
      async ({ user, body, set, status }) => {
        const device = await devices.register(user, body.token, body.platform)
        set.headers.location = '/api/notifications/devices'
        return status(201, deviceView(device))
      },
      {
        auth: true,
        body: NewDevice,
        response: { 201: DeviceView },
        repeats: 'gives the same device',
        detail: {
          operationId: 'registerDevice',
          summary: 'Register a device for push messages',
          description:
            'The same token again is the same device. It belongs to whoever registered it last, and gets nothing once that session has ended or expired: register it after each login and at each start of the app. Ten per user: the oldest makes room.',
        },
      },
    )
    .delete(
      '/devices/:id',
      async ({ user, params, set }) => {
        await devices.remove(user.id, params.id)
        set.status = 204
      },
      {
        auth: true,
        params: IdParam,
        response: { 204: t.Void() },
        problems: ['device_not_found'],
        detail: { operationId: 'removeDevice', summary: 'Send no more push messages to a device' },
      },
    )
    .get(
      '/unsubscribe/:token',
      ({ params, request }) => {
        const { kind } = preferences.readLink(params.token)
        return unsubscribeAnswer(request, kind, 'ask')
      },
      {
        signed: true,
        params: UnsubscribeParam,
        problems: ['invalid_token'],
        detail: {
          responses: unsubscribeResponse,
          operationId: 'showUnsubscribe',
          summary: 'What the link at the end of a mail would stop',
          description: 'Mail programs and scanners follow links by themselves, so that a GET changes nothing.',
        },
      },
    )
    .post(
      '/unsubscribe/:token',
      async ({ params, request }) => {
        await readBytes(request)
        const { kind } = preferences.readLink(params.token)
        await preferences.unsubscribe(params.token)
        return unsubscribeAnswer(request, kind, 'done')
      },
      {
        signed: true,
        params: UnsubscribeParam,
        problems: ['invalid_token'],
        repeats: 'changes nothing',
        detail: {
          responses: unsubscribeResponse,
          operationId: 'unsubscribe',
          summary: 'Stop the mails of one kind, by one click (RFC 8058)',
          description:
            'The token of the link is proof enough: no login, no cookie, no redirect. The body is that of the mail program (`List-Unsubscribe=One-Click`).',
          requestBody: {
            content: {
              'application/x-www-form-urlencoded': {
                schema: { type: 'object', properties: { 'List-Unsubscribe': { type: 'string' } } },
                example: { 'List-Unsubscribe': 'One-Click' },
              },
            },
          },
        },
      },
    )
