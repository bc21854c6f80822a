import { type ChannelModel, connect } from 'amqplib'
import { within } from '../deadline'
import { second } from '../time'
import { brokerUnavailable } from './amqp'

/**
 * For what is asked seldom: a connection that is opened for `work` and closed after it. A broker that is short of memory or disk confirms nothing
 * and yet keeps the connection open, so `work` has to end within a time.
 */
export const withConnection = async <T>(
  url: string,
  work: (model: ChannelModel) => Promise<T>,
  { withinMs = 10 * second } = {},
): Promise<T> => {
  const model = await connect(url, { noDelay: true, timeout: 5 * second }).catch(error => {
    throw brokerUnavailable(error)
  })
  model.on('error', () => {})
  try {
    return await within(withinMs, work(model), () => {
      throw brokerUnavailable()
    })
  } finally {
    await within(
      2 * second,
      model.close().catch(() => {}),
    )
  }
}
