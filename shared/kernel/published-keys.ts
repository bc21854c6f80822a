import type { JSONWebKeySet } from 'jose'
import type { Resolver } from '../registry'
import { second } from '../time'

const answerWithinMs = 2 * second

/** The keys that the user service publishes, from the first of its instances that answers. */
export const publishedKeys =
  ({ instances }: Resolver) =>
  async (): Promise<JSONWebKeySet> => {
    for (const { address } of await instances('user')) {
      const answer = await fetch(`http://${address}/.well-known/jwks.json`, { signal: AbortSignal.timeout(answerWithinMs) }).catch(
        () => undefined,
      )
      if (!answer?.ok) continue
      const keys: JSONWebKeySet = await answer.json()
      return keys
    }
    throw new Error('no instance of the user service answers')
  }
