import type { Bus } from '#shared/bus'
import type { Log } from '#shared/log'
import type { DiscoveryClients } from './clients'

interface Deps {
  clients: Pick<DiscoveryClients, 'reservationsOf' | 'redemptionsOf' | 'reportedForTax' | 'paymentsOf'>
  deadLetters: Pick<Bus['deadLetters'], 'list'>
  log: Pick<Log, 'warn'>
}

/** How many dead letters of one order are shown of each queue. */
const mostLetters = 20

/** What other services know of an order, and which of its messages were given up. What does not answer is named, and hides nothing else. */
export const orderStory =
  ({ clients, deadLetters, log }: Deps) =>
  async (id: number) => {
    const unanswered: string[] = []
    const ask = async <T>(who: string, question: Promise<T>): Promise<T | undefined> => {
      try {
        return await question
      } catch (err) {
        log.warn({ err, who }, 'a part of an order’s story is missing')
        unanswered.push(who)
        return undefined
      }
    }
    const [reservations, redemptions, taxes, payments, letters] = await Promise.all([
      ask('inventory', clients.reservationsOf([id])),
      ask('promotion', clients.redemptionsOf([id])),
      ask('tax', clients.reportedForTax([id])),
      ask('payment', clients.paymentsOf([id])),
      ask(
        'broker',
        deadLetters.list({
          limit: mostLetters,
          matches: ({ aggregate, order_id }) => order_id === id || (aggregate?.type === 'order' && aggregate.id === String(id)),
        }),
      ),
    ])
    return {
      reservation: reservations?.[id] ?? null,
      redemption: redemptions?.[id] ?? null,
      taxed: taxes?.[id] ?? null,
      money: payments?.[id] ?? null,
      dead_letters: (letters ?? []).flatMap(({ items }) => items),
      unanswered,
    }
  }
