import { conflict, notFound } from '#shared/errors'
import { counted, judged, type Moderated, type Reply, type Review } from './domain'

/** A reply whose writer deleted one to the same review that was held, rejected or reported: it may be the same again. */
export const repliedAnew = (reply: Reply, now: Date): Reply => ({
  ...reply,
  status: 'waiting',
  history: [{ decision: 'held_after_deletion', reason: null, at: now }],
})

type ModeratedReply = Reply & Moderated
export const moderatedReply = (reply: Reply): ModeratedReply => ({ status: 'published', open_reports: 0, history: [], ...reply })
export const isShown = (reply: Reply): boolean => moderatedReply(reply).status === 'published'
/** Since when it waits for an administrator; its last decision made it wait. */
export const waitingSince = ({ status, history, created_at }: Reply): Date | null =>
  status === 'waiting' ? (history?.at(-1)?.at ?? created_at) : null

export const replyOf = (review: Review, id: string): Reply => {
  const reply = review.replies.find(one => one.id === id)
  if (!reply) throw notFound('reply')
  return reply
}

/** The same review when nothing changes. */
const withReply = <R extends Review>(review: R, id: string, change: (reply: ModeratedReply) => ModeratedReply): R => {
  const reply = replyOf(review, id)
  const before = moderatedReply(reply)
  const after = change(before)
  if (after === before) return review
  return { ...review, replies: review.replies.map(one => (one === reply ? after : one)), version: review.version + 1 }
}

export const approveReply = <R extends Review>(review: R, id: string, reason: string | null, at: Date): R =>
  withReply(review, id, reply => judged(reply, 'published', { decision: 'approved', reason, at }))
export const rejectReply = <R extends Review>(review: R, id: string, reason: string, at: Date): R =>
  withReply(review, id, reply => judged(reply, 'rejected', { decision: 'rejected', reason, at }))

/** One that is not shown is not there for readers, and nobody reports their own. */
export const requireReportable = (review: Review, id: string, userId: number): void => {
  const reply = replyOf(review, id)
  if (reply.user_id === userId) throw conflict('own_reply', 'This reply is your own; delete it instead.')
  if (!isShown(reply)) throw notFound('reply')
}
/** An administrator wrote what the shop replies, so it takes as many reports as what one approved. */
export const replyReported = <R extends Review>(review: R, id: string, now: Date): R =>
  withReply(review, id, reply => {
    const approved = reply.from_shop || reply.history.some(({ decision }) => decision === 'approved')
    return counted(reply, approved, now)
  })
