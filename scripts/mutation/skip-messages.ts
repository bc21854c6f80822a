/**
 * A plugin of Stryker: the words that an error or the document of the API says to people are not changed, since no decision depends on them. The
 * kind and the code of an error are.
 */

/** Which argument is the message or the example, by the function of shared/errors.ts and shared/schema.ts. */
const messageAt: Record<string, number> = {
  invalid: 1,
  unauthenticated: 1,
  forbidden: 0,
  conflict: 1,
  tooMany: 1,
  unavailable: 1,
  AppError: 2,
  RangeError: 0,
  text: 1,
}

interface Node {
  type: string
  callee?: { name?: string }
  key?: { name?: string }
}
/** The part of Babel's path that is looked at. */
interface NodePath {
  node: Node
  parent?: Node
  listKey?: string
  key?: string | number | null
}

export const isMessage = ({ node, parent, listKey, key }: NodePath): boolean => {
  if (key === 'value' && /^(description|examples)$/.test(parent?.key?.name ?? '')) return true
  if (!/^(StringLiteral|TemplateLiteral)$/.test(node.type)) return false
  if (listKey === 'arguments') return key === messageAt[parent?.callee?.name ?? '']
  return key === 'value' && parent?.key?.name === 'message'
}

export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'messages',
    value: { shouldIgnore: (path: NodePath) => (isMessage(path) ? 'words for people' : undefined) },
  },
]
