import type { Kind } from './domain'

const names: Partial<Record<Kind, string>> = {
  review_request: 'requests for a review',
  price_drop: 'news of lower prices',
  back_in_stock: 'news of products that are back in stock',
  digest: 'news of products that you watch',
}

/** The page behind the link at the end of a mail. It holds nothing about its reader. */
const pageOf = (kind: Kind, step: 'ask' | 'done'): string => {
  const what = names[kind] ?? 'messages of this kind'
  const content =
    step === 'done'
      ? `<h1>Done</h1><p>You get no more mails with ${what}. Your other messages are as they were.</p>`
      : `<h1>Stop these mails?</h1><p>You will get no more mails with ${what}.</p>
<form method="post"><button name="List-Unsubscribe" value="One-Click">Stop them</button></form>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Unsubscribe</title>
<style>body{font-family:system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem;line-height:1.6}button{font:inherit;padding:.6rem 1.2rem}</style>
</head><body>${content}</body></html>
`
}

const details = {
  ask: 'Send a POST to this address to stop these messages.',
  done: 'Messages of this kind are no longer sent to you by mail.',
}

/** A page for a browser, and JSON for everything else. */
export const unsubscribeAnswer = (request: Request, kind: Kind, step: 'ask' | 'done'): Response => {
  if (!request.headers.get('accept')?.includes('text/html'))
    return Response.json({ kind, unsubscribed: step === 'done', detail: details[step] })
  return new Response(pageOf(kind, step), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    },
  })
}

/** What the document says of it. */
export const unsubscribeResponse = {
  200: {
    description: 'What is stopped, or would be',
    content: {
      'application/json': {
        schema: {
          type: 'object' as const,
          properties: {
            kind: { type: 'string' as const },
            unsubscribed: { type: 'boolean' as const },
            detail: { type: 'string' as const },
          },
          required: ['kind', 'unsubscribed', 'detail'],
        },
        example: { kind: 'price_drop', unsubscribed: true, detail: details.done },
      },
      'text/html': { schema: { type: 'string' as const }, example: '<!doctype html>…' },
    },
  },
}
