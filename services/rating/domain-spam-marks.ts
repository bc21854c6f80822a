import { readUpTo } from './domain-spam-plain'
import { topicsFor } from './domain-spam-topics'

export const apart = /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}][ .\-_*·,]{1,2}){3,}[\p{L}\p{N}](?![\p{L}\p{N}])/gu
const endings =
  'com|net|org|info|biz|ru|cn|io|co|me|shop|store|site|online|top|xyz|link|click|vn|kr|club|vip|win|fun|app|cc|to|live|gq|in|tv|ly|gg|finance|life|pro|cloud|space|icu|example'
/** With its scheme, bare, or taken apart: `rxworld . biz`, `deals dot com`. A full stop before a sentence is none, because no space goes before it. */
const domainName = new RegExp(
  `(?:https?://|www\\.)[^\\s,)]+|(?<![\\w@.-])[a-z0-9][a-z0-9-]{0,40}(?:\\.[a-z0-9-]{1,40}){0,3}(?:\\.| \\. ?| ?\\(dot\\) ?| dot )(?:${endings})(?![a-z])(?:/[^\\s,)]*)?`,
  'g',
)
// Endings that cost next to nothing.
const cheapEnding = /\.(shop|store|site|online|top|xyz|link|click|club|vip|win|fun|cc|gq|icu|space|ru|biz|cloud|live|finance)\b/g
const shortened = /\b(bit\.ly|tinyurl|cutt\.ly|t\.cn|goo\.gl|t\.me|rebrand\.ly|is\.gd|open\.kakao)/g
export const mail = /(?<![\w.+-])[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,20})+|\b(?:gmail|outlook|hotmail) ?(?:dot|\.) ?com/g
export const phone = /(?<![\w.])\+?\(?\d(?:[ .\-()]{0,2}\d){7,14}(?!\w)/g
const money =
  /[$€£¥₩]\s?\d[\d.,]*|(?<![\d.,])\d[\d.,]*\s?(?:usd|dollars?|bucks|euros?|만 ?원|천 ?원|원|万元|元|块|k|trieu|vnd|dong|usdt|btc)(?![a-z])/g
const messenger =
  /whats ?app|telegram|\bzalo\b|viber|wechat|snapchat|discord|skype|kakao|카카오톡|카톡|ㅋ[ar]?톡|카토ㄱ|카ㅌ|텔레그램|텔레|위챗|오픈채팅|라인 ?아이디|微信|威信|薇信|薇|徽信|加v|\+ ?v|\bv[x芯]|\bwx|\bqq\b|扣扣|企鹅|电报|飞机|\btele\b|\bib\b|inbox|\bdm\b/g
const handle = /(?<![\w.])@[a-z0-9_.]{3,40}/g

const counted = Object.entries({ link: domainName, mail, phone, money, handle, percent: /\d ?%/g, apart })
const seen = Object.entries({
  'cheap link': cheapEnding,
  'short link': shortened,
  messenger,
  'letters and digits': /[a-z][0-9$@][a-z0-9$@]*[a-z]/g,
  'word again and again': /(?<!\p{L})(\p{L}{2,16})(?:[\s.,!]+\1){2,}/gu,
})

export interface Mark {
  name: string
  at: number
}

/** What was found where in a plain text. Marks are shared by all languages, so what was learned of them holds for words that were never seen. */
export const marksIn = (text: string): Mark[] => {
  const marks: Mark[] = []
  for (const [name, pattern] of [...topicsFor(text), ...counted, ...seen]) {
    pattern.lastIndex = 0
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) marks.push({ name, at: found.index })
  }
  return marks
}

const isCounted = new Set(counted.map(([name]) => name))
/** The names of the marks from one place to another, those that count also when they come again, and each pair of them. */
export const marksBetween = (marks: readonly Mark[], from: number, to: number, written: readonly string[]) => {
  const single = new Set(written)
  for (const { name, at } of marks) {
    if (at < from || at >= to) continue
    if (single.has(name) && isCounted.has(name)) single.add(`${name} again`)
    single.add(name)
  }
  const names = [...single].sort()
  const pairs = names.flatMap((one, n) => names.slice(n + 1).map(other => `${one} & ${other}`))
  return { single: names, pairs }
}

/** Marks of the way a text is written, which its plain form no longer shows. */
export const writingOf = (raw: string): string[] => {
  const written = raw.slice(0, readUpTo)
  const styled = /[\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\u{2460}-\u{24FF}\u{1D400}-\u{1D7FF}]/u.test(written)
  const capitals = written.length > 12 && (written.match(/\p{Lu}/gu)?.length ?? 0) > written.length * 0.4
  return [...(styled ? ['styled letters'] : []), ...(capitals ? ['capitals'] : [])]
}
