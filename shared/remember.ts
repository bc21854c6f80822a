import { LRUCache } from 'lru-cache'

interface Options {
  /** The greatest age of an answer. */
  ms: number
  /** The most answers that are kept; the oldest makes room. */
  most: number
  clock?: () => number
}

/**
 * A short memory in front of `ask`, which looks up many keys at once. Callers that need the same key at the same time share one look-up.
 * A key without a value is not remembered, and neither is a look-up that failed.
 */
export const remember = <Key, Value>(
  ask: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  { ms, most, clock = Date.now }: Options,
) => {
  const known = new Map<Key, { askedAt: number; value: Promise<Value | undefined> }>()

  const askNow = (keys: readonly Key[]): Promise<ReadonlyMap<Key, Value>> => {
    const askedAt = clock()
    const answer = ask(keys)
    for (const key of keys) {
      const entry = { askedAt, value: answer.then(values => values.get(key)) }
      known.delete(key)
      known.set(key, entry)
      const forget = () => void (known.get(key) === entry && known.delete(key))
      entry.value.then(value => value === undefined && forget(), forget)
    }
    for (const oldest of known.keys()) {
      if (known.size <= most) break
      known.delete(oldest)
    }
    return answer
  }

  return {
    /** Looks all keys up, without the memory. */
    fresh: async (keys: readonly Key[]): Promise<ReadonlyMap<Key, Value>> => (keys.length === 0 ? new Map() : askNow([...new Set(keys)])),

    /** Takes what it can from the memory, and looks up the rest. */
    async recent(keys: readonly Key[]): Promise<ReadonlyMap<Key, Value>> {
      const oldest = clock() - ms
      const wanted = [...new Set(keys)]
      // Held before the rest is asked for: meanwhile they may lose their place in the memory, as when the look-up of another caller fails.
      const held = new Map<Key, Promise<Value | undefined>>()
      for (const key of wanted) {
        const entry = known.get(key)
        if (entry && entry.askedAt > oldest) held.set(key, entry.value)
      }
      const missing = wanted.filter(key => !held.has(key))
      const asked = missing.length > 0 ? await askNow(missing) : undefined
      const values = new Map<Key, Value>()
      for (const key of wanted) {
        const value = asked?.get(key) ?? (await held.get(key))
        if (value !== undefined) values.set(key, value)
      }
      return values
    },

    forget: () => known.clear(),
  }
}

interface QuestionOptions<Question> {
  /** Questions with the same key have the same answer. */
  keyOf: (question: Question) => string
  /** The greatest age of an answer; 0 to remember nothing. */
  ms: number
  most: number
}

/** A short memory in front of a call that answers one question. Callers that ask the same at the same time share one call; a failure is not remembered. */
export const rememberAnswers = <Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  { keyOf, ms, most }: QuestionOptions<Question>,
): ((question: Question) => Promise<Answer>) => {
  if (ms === 0) return ask
  const known = new LRUCache<string, Promise<Answer>>({ max: most, ttl: ms })
  return question => {
    const key = keyOf(question)
    const before = known.get(key)
    if (before) return before
    const answer = ask(question)
    known.set(key, answer)
    answer.catch(() => known.peek(key) === answer && known.delete(key))
    return answer
  }
}
