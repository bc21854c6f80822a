import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Kind, kindNames } from './domain'

/**
 * The token of an unsubscribe link: `<user>.<kind>.<proof>`, below 60 characters, so that no relay has to fold the header that it stands in. It needs no
 * login and does not expire, since a mail may be read years later; all that it can do is stop the mails of one kind.
 */
export const unsubscribeLinks = (key: string) => {
  const proofOf = (userId: number, kind: Kind) =>
    createHmac('sha256', key).update(`unsubscribe ${userId} ${kind}`).digest('base64url').slice(0, 22)
  return {
    tokenFor: (userId: number, kind: Kind): string => `${userId.toString(36)}.${kind}.${proofOf(userId, kind)}`,
    read(token: string): { userId: number; kind: Kind } | undefined {
      const [, user = '', name, proof = ''] = /^([0-9a-z]{1,11})\.([a-z_]{1,20})\.([\w-]{22})$/.exec(token) ?? []
      const kind = kindNames.find(one => one === name)
      const userId = Number.parseInt(user, 36)
      if (!kind || !timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(userId, kind)))) return undefined
      return { userId, kind }
    },
  }
}
export type UnsubscribeLinks = ReturnType<typeof unsubscribeLinks>
