import { type Kind, type Language, languages } from './domain'

interface PageWords {
  title: string
  ask: string
  button: string
  done: string
  stopped: (mails: string) => string
  others: string
  mails: Partial<Record<Kind, string>>
  otherMails: string
}

const words: Record<Language, PageWords> = {
  en: {
    title: 'Unsubscribe',
    ask: 'Stop these mails?',
    button: 'Stop them',
    done: 'Done',
    stopped: mails => `You will get no more mails with ${mails}.`,
    others: 'Your other messages are as they were.',
    mails: {
      review_request: 'requests for a review',
      price_drop: 'news of lower prices',
      back_in_stock: 'news of products that are back in stock',
      digest: 'news of products that you watch',
    },
    otherMails: 'messages of this kind',
  },
  ko: {
    title: '수신 거부',
    ask: '이 메일을 그만 받으시겠어요?',
    button: '그만 받기',
    done: '수신을 거부했습니다',
    stopped: mails => `앞으로 ${mails} 메일을 보내 드리지 않습니다.`,
    others: '다른 알림은 그대로 받으실 수 있습니다.',
    mails: { review_request: '후기 요청', price_drop: '가격 인하', back_in_stock: '재입고', digest: '관심 상품 소식' },
    otherMails: '이런 종류의',
  },
  zh: {
    title: '退订',
    ask: '不再接收这类邮件？',
    button: '退订',
    done: '已退订',
    stopped: mails => `您将不再收到${mails}邮件。`,
    others: '其他消息不受影响。',
    mails: { review_request: '评价邀请', price_drop: '降价提醒', back_in_stock: '到货提醒', digest: '关注商品动态' },
    otherMails: '这类',
  },
  vi: {
    title: 'Ngừng nhận thư',
    ask: 'Ngừng nhận những thư này?',
    button: 'Ngừng nhận',
    done: 'Đã ngừng',
    stopped: mails => `Bạn sẽ không nhận thư ${mails} nữa.`,
    others: 'Các thông báo khác vẫn như cũ.',
    mails: {
      review_request: 'mời đánh giá',
      price_drop: 'báo giảm giá',
      back_in_stock: 'báo có hàng trở lại',
      digest: 'về sản phẩm bạn theo dõi',
    },
    otherMails: 'loại này',
  },
}

/** The first language of `Accept-Language` that there are words in; browsers name the one that their reader likes best first. */
const languageFor = (request: Request): Language => {
  const asked = (request.headers.get('accept-language') ?? '').split(',').map(tag => tag.trim().slice(0, 2).toLowerCase())
  return asked.flatMap(tag => languages.filter(language => language === tag))[0] ?? 'en'
}

/** The page behind the link at the end of a mail. It holds nothing about its reader. */
const pageOf = (kind: Kind, step: 'ask' | 'done', language: Language): string => {
  const { title, ask, button, done, stopped, others, mails, otherMails } = words[language]
  const effect = stopped(mails[kind] ?? otherMails)
  const content =
    step === 'done'
      ? `<h1>${done}</h1><p>${effect} ${others}</p>`
      : `<h1>${ask}</h1><p>${effect}</p>
<form method="post"><button name="List-Unsubscribe" value="One-Click">${button}</button></form>`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title>
<style>body{font-family:system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem;line-height:1.6}button{font:inherit;padding:.6rem 1.2rem}</style>
</head><body><main>${content}</main></body></html>
`
}

const details = {
  ask: 'Send a POST to this address to stop these messages.',
  done: 'Messages of this kind are no longer sent to you by mail.',
}

/** A page in the reader's language for a browser, and JSON for everything else. */
export const unsubscribeAnswer = (request: Request, kind: Kind, step: 'ask' | 'done'): Response => {
  if (!request.headers.get('accept')?.includes('text/html'))
    return Response.json({ kind, unsubscribed: step === 'done', detail: details[step] })
  return new Response(pageOf(kind, step, languageFor(request)), {
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
