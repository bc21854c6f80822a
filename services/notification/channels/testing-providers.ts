import { afterAll, afterEach } from 'bun:test'
import type { Outgoing } from './channel'
import { fcmChannel } from './fcm'
import { sendgridChannel } from './sendgrid'
import { fakeFcm } from './testing-fcm'
import { fakeSendGrid } from './testing-sendgrid'
import { fakeTwilio } from './testing-twilio'
import { twilioChannel } from './twilio'

/** The adapters of the providers that are asked by HTTPS, each with its fake. */

export const names = ['sendgrid', 'twilio', 'fcm'] as const
export type Name = (typeof names)[number]

/** For one file of tests: the fakes end with it. */
export const testProviders = () => {
  const sendgrid = fakeSendGrid()
  const twilio = fakeTwilio()
  const fcm = fakeFcm()
  const fakes = { sendgrid, twilio, fcm }
  afterEach(() => {
    for (const fake of Object.values(fakes)) fake.fallSilent(false)
  })
  afterAll(() => Promise.all(Object.values(fakes).map(fake => fake.stop())))

  const never = new AbortController().signal
  const channels = {
    sendgrid: sendgridChannel(sendgrid.options),
    twilio: twilioChannel(twilio.options),
    fcm: fcmChannel(fcm.options),
  }
  const addresses = { sendgrid: 'ann@example.com', twilio: '+84912345678', fcm: 'device:token-1' }
  const message = (name: Name, changes: Partial<Outgoing> = {}): Outgoing => ({
    message_id: '7-message',
    to: addresses[name],
    subject: '주문',
    text: '안녕하세요',
    language: 'ko',
    ...changes,
  })
  const send = (name: Name, changes: Partial<Outgoing> = {}, signal = never) => channels[name].send(message(name, changes), signal)
  return { sendgrid, twilio, fcm, fakes, never, message, send }
}
