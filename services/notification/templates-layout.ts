import type { Kind, KindClass } from './domain'
import type { Phrases, Words } from './templates-words'

/** Where the button of each kind leads. */
const links: Record<Kind, string> = {
  welcome: '{{ shop_url }}',
  verify_email: '{{ link }}',
  password_reset: '{{ link }}',
  email_change: '{{ shop_url }}',
  password_changed: '{{ shop_url }}/reset-password',
  new_sign_in: '{{ shop_url }}',
  order_placed: '{{ order_url }}',
  payment_pending: '{{ order_url }}',
  order_paid: '{{ order_url }}',
  order_cancelled: '{{ order_url }}',
  order_shipped: '{% if tracking_url != blank %}{{ tracking_url }}{% else %}{{ order_url }}{% endif %}',
  ready_for_pickup: '{{ order_url }}',
  order_delivered: '{{ order_url }}',
  order_refunded: '{{ order_url }}',
  return_approved: '{{ order_url }}',
  return_rejected: '{{ order_url }}',
  review_request: '{{ order_url }}',
  price_drop: '{{ product_url }}',
  back_in_stock: '{{ product_url }}',
  low_stock: '{{ product_url }}',
  review_waiting: '{{ product_url }}',
  return_requested: '{{ order_url }}',
  digest: '{{ shop_url }}',
}

interface List {
  /** The value that is walked through. */
  of: string
  line: string
  link?: string
}
const listOf = (kind: Kind, { cheaper, back }: Phrases): List | undefined => {
  if (kind === 'order_placed')
    return {
      of: 'items',
      line: '{{ item.quantity }} × {{ item.product }}{% if item.price != blank %} ({{ item.price | money: currency }}){% endif %}',
    }
  if (kind === 'review_request') return { of: 'items', line: '{{ item.product }}', link: '{{ item.product_url }}' }
  if (kind === 'digest')
    return {
      of: 'entries',
      line: `{% if item.kind == "price_drop" %}${cheaper}{% else %}${back}{% endif %}`,
      link: '{{ item.product_url }}',
    }
  return undefined
}

const greeting = ({ greeting, greetingWithoutName }: Phrases) =>
  `{% assign who = name | default: "" | greetable %}{% if who != "" %}${greeting}{% else %}${greetingWithoutName}{% endif %}`
const onlyWith = (value: string | undefined, text: string) => (value ? `{% if ${value} != blank %}${text}{% endif %}` : text)

export interface Layout {
  kind: Kind
  group: KindClass | 'admins'
  language: string
  phrases: Phrases
  words: Words
}

export const textOf = ({ kind, group, phrases, words }: Layout): string => {
  const list = listOf(kind, phrases)
  return [
    greeting(phrases),
    ...words.paragraphs,
    ...(list ? [`{% for item in ${list.of} %}- ${list.line}\n${list.link ? `  ${list.link}\n` : ''}{% endfor %}`] : []),
    ...(words.rows ? [words.rows.map(([label, value, when]) => onlyWith(when, `${label}${phrases.colon}${value}\n`)).join('')] : []),
    `${words.button}${phrases.colon}\n${links[kind]}`,
    ...(words.after ?? []),
    `-- \n{{ shop_url | host }}\n{{ shop_url }}\n\n${phrases.because[group]}`,
    ...(group === 'marketing' ? [`${phrases.unsubscribe}${phrases.colon}{{ unsubscribe_url }}`] : []),
  ].join('\n\n')
}

const font =
  "font-family:-apple-system,'Segoe UI',Roboto,'Apple SD Gothic Neo','Malgun Gothic','PingFang SC','Microsoft YaHei',Arial,sans-serif"
const paragraph = (text: string, style = 'margin:0 0 16px;font-size:16px;line-height:1.6;color:#24292f') =>
  `<p class="ink" style="${style}">${text}</p>`
const small = 'margin:0 0 8px;font-size:13px;line-height:1.5;color:#57606a'

// Mail programs keep inline styles and tables, and drop most else. Those that invert colours by themselves read the two meta tags first.
const head = (language: string, subject: string) => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>
@media (prefers-color-scheme: dark) {
  .page { background: #0d1117 !important; }
  .card { background: #161b22 !important; border-color: #30363d !important; }
  .ink { color: #e6edf3 !important; }
  .faint { color: #9ea7b3 !important; }
  .link { color: #6cb6ff !important; }
}
</style>
</head>`

export const htmlOf = ({ kind, group, language, phrases, words }: Layout): string => {
  const list = listOf(kind, phrases)
  const link = links[kind]
  const entry = list?.link ? `<a class="link" href="${list.link}" style="color:#0550ae">${list.line}</a>` : list?.line
  const items = list
    ? `<ul style="margin:0 0 16px;padding:0 0 0 20px">{% for item in ${list.of} %}
<li class="ink" style="margin:0 0 8px;font-size:16px;line-height:1.6;color:#24292f">${entry}</li>{% endfor %}
</ul>`
    : ''
  const cell = 'padding:4px 16px 4px 0;font-size:15px;line-height:1.5;vertical-align:top'
  const row = ([label, value, when]: NonNullable<Words['rows']>[number]) =>
    onlyWith(
      when,
      `<tr><td class="faint" style="${cell};color:#57606a">${label}</td><td class="ink" style="${cell};color:#24292f">${value}</td></tr>`,
    )
  const rows = words.rows
    ? `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 16px">\n${words.rows.map(row).join('\n')}\n</table>`
    : ''
  const unsubscribe = `<p class="faint" style="${small}"><a class="link" href="{{ unsubscribe_url }}" style="color:#0550ae">${phrases.unsubscribe}</a></p>`
  return `${head(language, words.subject)}
<body class="page" style="margin:0;padding:0;background:#f6f8fa;${font}">
<div style="display:none;max-height:0;overflow:hidden;opacity:0">${words.preheader}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f6f8fa">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border:1px solid #d0d7de;border-radius:8px">
<tr><td style="padding:24px 32px 0"><a class="faint" href="{{ shop_url }}" style="font-size:14px;font-weight:600;color:#57606a;text-decoration:none">{{ shop_url | host }}</a></td></tr>
<tr><td style="padding:16px 32px 24px">
<h1 class="ink" style="margin:0 0 16px;font-size:22px;line-height:1.3;color:#24292f">${words.heading}</h1>
${[paragraph(greeting(phrases)), ...words.paragraphs.map(text => paragraph(text)), items, rows].filter(Boolean).join('\n')}
<p style="margin:24px 0"><a href="${link}" style="display:inline-block;padding:12px 24px;background:#0550ae;border-radius:6px;font-size:16px;font-weight:600;color:#ffffff;text-decoration:none">${words.button}</a></p>
<p class="faint" style="${small}">${phrases.buttonHint}<br><a class="link" href="${link}" style="color:#0550ae;word-break:break-all">${link}</a></p>
${(words.after ?? []).map(text => paragraph(text)).join('\n')}
</td></tr>
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px">
<tr><td style="padding:16px 32px">
<p class="faint" style="${small}">${phrases.because[group]}</p>
${group === 'marketing' ? unsubscribe : ''}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}
