import { createHmac } from 'node:crypto'
import { testProvider } from './testing-provider'

const accountSid = 'AC00000000000000000000000000000000'
const authToken = 'token-of-the-fake'
/** As Twilio signs: our address, then every field and its value in the order of the names. */
export const twilioSignature = (url: string, fields: Record<string, string>, token = authToken) => {
  const sorted = Object.keys(fields).sort()
  return createHmac('sha1', token)
    .update(url + sorted.map(name => name + fields[name]).join(''))
    .digest('base64')
}

/** The part of Twilio’s API that we use. It refuses what the real one refuses, with its codes. */
export const fakeTwilio = () => {
  const messages: URLSearchParams[] = []
  const error = (status: number, code: number, message: string) => Response.json({ code, message, more_info: '', status }, { status })
  const numbers: Record<string, [number, string]> = {
    '+15005550001': [21211, "The 'To' number +15005550001 is not a valid phone number."],
    '+15005550009': [21614, "'To' number is not a valid mobile number"],
    '+15005550010': [21610, 'Attempt to send to unsubscribed recipient'],
    '+15005550003': [21408, 'Permission to send an SMS has not been enabled for the region'],
  }
  const provider = testProvider((request, body) => {
    if (request.headers.get('authorization') !== `Basic ${btoa(`${accountSid}:${authToken}`)}`) return error(401, 20003, 'Authenticate')
    if (new URL(request.url).pathname !== `/2010-04-01/Accounts/${accountSid}/Messages.json`)
      return error(404, 20404, 'The requested resource was not found')
    if (!request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded'))
      return error(400, 21604, "A 'To' phone number is required.")
    const form = new URLSearchParams(body)
    const to = form.get('To')
    if (!to) return error(400, 21604, "A 'To' phone number is required.")
    if (!form.get('From') && !form.get('MessagingServiceSid')) return error(400, 21603, "A 'From' phone number is required.")
    if (!form.get('Body')) return error(400, 21602, 'Message body is required.')
    if ([...(form.get('Body') ?? '')].length > 1600)
      return error(400, 21617, 'The concatenated message body exceeds the 1600 character limit.')
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return error(400, 21211, `The 'To' number ${to} is not a valid phone number.`)
    const [code, words] = numbers[to] ?? []
    if (code && words) return error(400, code, words)
    messages.push(form)
    return Response.json({ sid: `SM${messages.length}`, status: 'queued', error_code: null }, { status: 201 })
  })
  return {
    ...provider,
    messages,
    options: {
      accountSid,
      authToken,
      from: '+15005550006',
      statusCallback: 'https://shop.example/api/notifications/webhooks/twilio',
      url: provider.url,
    },
  }
}
