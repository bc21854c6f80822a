import type { Channel, ChannelModel } from 'amqplib'
import { unavailable } from '../errors'

/** An error of a channel also fails the call that caused it. Without a listener, its event would end the process. */
export const openChannel = async (model: ChannelModel): Promise<Channel> => {
  const channel = await model.createChannel()
  channel.on('error', () => {})
  return channel
}

export const brokerUnavailable = (cause?: unknown) => unavailable('broker_unavailable', 'The message broker does not answer.', cause)
