import type { ClientSession } from 'mongodb'
import { unauthenticated } from '#shared/errors'
import { isDuplicate, type Mongo } from '#shared/mongo'
import { peopleIn } from './database'

const gone = () => unauthenticated('session_ended', 'The session has ended; log in again.')

/** The accounts that ever did something here. */
export const peopleRepository = (mongo: Mongo) => {
  const people = peopleIn(mongo)

  /** Notes that a person did something at `at`, in the transaction of the act. False once the person is erased: the act must not be stored. */
  const noteAct = async (session: ClientSession, userId: number, at: Date): Promise<boolean> => {
    const acted = { acts: { $add: [{ $ifNull: ['$acts', 0] }, 1] }, first_seen_at: { $min: ['$first_seen_at', at] } }
    const unlessErased = { $cond: [{ $eq: ['$erased', true] }, '$$ROOT', { $mergeObjects: ['$$ROOT', acted] }] }
    const person = await people.findOneAndUpdate({ _id: userId }, [{ $replaceWith: unlessErased }], {
      upsert: true,
      returnDocument: 'after',
      session,
    })
    return person?.erased === undefined
  }

  return {
    noteAct,

    /** The same for a request: one that was under way during the erasure of its person is refused. */
    async enter(session: ClientSession, userId: number): Promise<void> {
      if (!(await noteAct(session, userId, new Date()))) throw gone()
    },

    async registered(userId: number, at: Date): Promise<void> {
      const known = { _id: userId, erased: { $exists: false } }
      await people.updateOne(known, { $min: { registered_at: at } }, { upsert: true }).catch(error => {
        // The person was erased before this event arrived.
        if (!isDuplicate(error)) throw error
      })
    },

    async erase(session: ClientSession, userId: number): Promise<void> {
      await people.replaceOne({ _id: userId }, { erased: true }, { upsert: true, session })
    },
  }
}
export type People = ReturnType<typeof peopleRepository>
