import { type ChannelModel, connect } from 'amqplib'
import { within } from '../deadline'
import { second } from '../time'
import { brokerUnavailable } from './amqp'

/** For what is asked seldom: a connection that is opened for `work` and closed after it. */
export const withConnection = async <T>(url: string, work: (model: ChannelModel) => Promise<T>): Promise<T> => {
  const model = await connect(url, { noDelay: true, timeout: 5 * second }).catch(error => {
    throw brokerUnavailable(error)
  })
  model.on('error', () => {})
  try {
    return await work(model)
  } finally {
    await within(
      2 * second,
      model.close().catch(() => {}),
    )
  }
}
