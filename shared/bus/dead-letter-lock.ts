import type { Channel, ConfirmChannel } from 'amqplib'
import { conflict } from '../errors'
import { isLocked, openChannel } from './amqp'
import { withConnection } from './short-connection'

const lockWaitMs = 5000

/**
 * Runs `work` under the lock of the dead letters, which one call at a time holds over all instances. Messages that it reads without
 * acknowledging them return to their place afterwards.
 */
export const exclusively = async <T>(
  { url, prefix }: { url: string; prefix: string },
  work: (channel: ConfirmChannel, lock: Channel) => Promise<T>,
): Promise<T> => {
  const deadline = Date.now() + lockWaitMs
  for (;;) {
    const done = await withConnection(url, async model => {
      const lock = await openChannel(model)
      const locked = await lock.assertQueue(`${prefix}dead-letters.lock`, { exclusive: true, durable: false }).then(
        () => true,
        error => {
          if (isLocked(error)) return false
          throw error
        },
      )
      if (!locked) return undefined
      const channel = await model.createConfirmChannel()
      channel.on('error', () => {})
      const result = await work(channel, lock)
      // Resolves when the messages are back in their place; the lock is held until the connection closes.
      await channel.close()
      return { result }
    })
    if (done) return done.result
    if (Date.now() > deadline) throw conflict('dead_letters_busy', 'Another request is reading the dead letters; try again in a moment.', 1)
    await Bun.sleep(50 + Math.random() * 100)
  }
}
