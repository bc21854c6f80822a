import type { BrowserContext } from 'playwright-core'

/** Sent by opening or filling in a page, not by a button: these go on to the shop. */
const noChanges = [
  'POST /auth/refresh', // continues the session
  'POST /api/shipping/quotes', // asks what it costs to send the cart
  'POST /api/search/views', // tells that a product was opened
  'POST /api/notifications/seen', // tells that the messages were opened
]

/** A refusal, which no client repeats by itself: unlike 503, it is final. */
const refusal = {
  type: 'about:blank',
  title: 'Conflict',
  status: 409,
  code: 'conflict',
  detail: 'Nothing is changed while buttons are tried.',
}

export interface Change {
  /** Such as `POST /api/orders`. */
  what: string
  body: string
}

/** Lets pages read, and refuses each change, so that the shop stays as it is. */
export async function refuseChanges(context: BrowserContext) {
  let sent: Change[] = []
  const answers = new Set<Promise<void>>()
  let mayAnswer = Promise.resolve()
  await context.route(/\/(api|auth)\//, (route, request) => {
    const what = `${request.method()} ${new URL(request.url()).pathname}`
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method()) || noChanges.includes(what)) return route.fallback()
    sent.push({ what, body: request.postData() ?? '' })
    const answer = mayAnswer.then(() =>
      route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify(refusal) }),
    )
    answers.add(answer)
    return answer.finally(() => answers.delete(answer))
  })
  return {
    /** Answers no change until `act` is over: what it began is still under way at its end. */
    hold: async (act: () => Promise<unknown>) => {
      const over = Promise.withResolvers<void>()
      mayAnswer = over.promise
      await act().finally(over.resolve)
    },
    /** Waits until each change that was sent is answered. */
    answered: async () => {
      while (answers.size > 0) await Promise.all(answers)
    },
    /** What was sent since this was asked last. */
    take: () => {
      const taken = sent
      sent = []
      return taken
    },
  }
}

/** Changes of which more than one was sent, whatever their bodies: those of the demo orders are random. */
export const doublesOf = (changes: readonly Change[]) =>
  Object.entries(Object.groupBy(changes, ({ what }) => what)).flatMap(([what, all = []]) =>
    all.length > 1 ? [`${what} was sent ${all.length} times: ${all.map(({ body }) => body.slice(0, 200)).join(' | ')}`] : [],
  )
