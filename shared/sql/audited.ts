import type { KyselyPlugin } from 'kysely'
import { peekContext } from '../context'

const writes = new Set<string>(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode'])

/**
 * For statements outside of a transaction: refuses an administrator's first write, which would commit without its entry in the audit log
 * (../admin-acts.ts). It recognizes the statements that Kysely builds, not those that are written as text.
 */
export const refuseUnaudited: KyselyPlugin = {
  transformQuery({ node }) {
    const context = writes.has(node.kind) ? peekContext() : undefined
    if (context?.adminAct && context.isAdminRoute)
      throw new Error('an administrator’s write needs a transaction, with which its entry in the audit log commits')
    return node
  },
  transformResult: async ({ result }) => result,
}
