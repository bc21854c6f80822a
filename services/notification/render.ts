import { Context, Liquid, type Template, toValueSync } from 'liquidjs'
import { LRUCache } from 'lru-cache'
import { type AppError, invalid } from '#shared/errors'
import type { Language } from './domain'
import { dateText, hostText, isLanguage, moneyText } from './render-values'

/**
 * Liquid for texts that merchants edit. A template cannot read files, run code, or see more than its values; whatever it does, it ends
 * after a bounded number of steps. Values are data: Liquid or HTML in a name comes out as the same letters.
 */

export interface TemplateParts {
  subject: string
  text: string
  html: string
  /** What `money` and `date_long` write in. Without it, the value `language` decides, and English when that is absent too. */
  language?: string
}
type Part = 'subject' | 'text' | 'html' | 'short'

const tags = ['assign', 'capture', 'if', 'unless', 'case', 'for', 'break', 'continue', 'cycle', 'comment', '#', 'raw', 'echo', 'liquid']
// Neither `raw` nor `json`: both would let a value into HTML without escaping it.
const filters = [
  ...['default', 'append', 'prepend', 'upcase', 'downcase', 'capitalize', 'strip', 'replace', 'remove', 'truncate', 'truncatewords'],
  ...['plus', 'minus', 'times', 'divided_by', 'modulo', 'round', 'ceil', 'floor', 'abs', 'at_least', 'at_most'],
  ...['size', 'first', 'last', 'join', 'split', 'slice', 'reverse', 'sort', 'map', 'where', 'uniq', 'compact', 'url_encode', 'date'],
]
const maxSource = 64 * 1024
const maxSteps = 20_000
const maxMemory = 1_000_000
const maxOutput = 512 * 1024
const maxSubject = 200

// Control characters would end a header or a line; marks that turn the direction of writing can hide where an address leads.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu
const oneLine = (text: string) => text.toWellFormed().replace(unprintable, ' ')

const plain = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object' || typeof value === 'function')
    throw new Error('this value has several fields: name one of them, or add a filter such as `| money`')
  return oneLine(String(value))
}
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (value: unknown) => plain(value).replace(/[&<>"']/g, character => entities[character] ?? '')

/** Mail programs make a link of `name.tld`, too. Behind the dot of an initial or a title there is a space. */
const address = /:\/\/|www\.|\S\.\p{L}[\p{L}\p{M}]/iu
/** A name to greet by. Strangers type other people's addresses into forms: a name that advertises a page is not sent on. */
const greetable = (value: unknown): string => {
  const name = plain(value).trim()
  return name.length > 60 || address.test(name) ? '' : name
}

const engineFor = (outputEscape: (value: unknown) => string) => {
  const options = { outputEscape, strictVariables: true, strictFilters: true, ownPropertyOnly: true, lenientIf: true }
  const engine = new Liquid({ ...options, parseLimit: maxSource, memoryLimit: maxMemory, templates: {}, relativeReference: false })
  for (const name of Object.keys(engine.tags)) if (!tags.includes(name)) delete engine.tags[name]
  for (const name of Object.keys(engine.filters)) if (!filters.includes(name)) engine.unregisterFilter(name)
  // What is put out is escaped anyway; escaping it here as well would show the entities.
  engine.registerFilter('escape', value => value)
  engine.registerFilter('greetable', greetable)
  engine.registerFilter('host', hostText)
  engine.registerFilter('money', function (value: unknown, currency: unknown) {
    return moneyText(value, currency, languageOf(this.context))
  })
  engine.registerFilter('date_long', function (value: unknown) {
    return dateText(value, languageOf(this.context), Reflect.get(this.context.environments, 'time_zone'))
  })
  return engine
}
const languageOf = ({ globals }: Context): Language => {
  const language: unknown = Reflect.get(globals, 'language')
  return isLanguage(language) ? language : 'en'
}
const engines = { html: engineFor(escaped), text: engineFor(plain) }

const parsed = { html: new LRUCache<string, Template[]>({ max: 250 }), text: new LRUCache<string, Template[]>({ max: 250 }) }
const parse = (kind: 'html' | 'text', source: string): Template[] => {
  const known = parsed[kind].get(source)
  if (known) return known
  const templates = engines[kind].parse(source)
  parsed[kind].set(source, templates)
  return templates
}

const fault = (part: Part, error: unknown): AppError => {
  const message = error instanceof Error ? error.message : String(error)
  const place = /, line:(\d+), col:\d+$/.exec(message)
  const line = place?.[1]
  // It may quote the template, which is long.
  const reason = message.slice(0, place?.index).slice(0, 300)
  const told = (
    error instanceof RangeError || /stack/i.test(reason)
      ? 'it is nested too deeply'
      : reason
          .replace('memory alloc limit exceeded', 'it needs too much memory: make its lists and texts shorter')
          .replace('parse length limit exceeded', `it is longer than ${maxSource} characters`)
          .replace(/^tag "(\w+)" not found$/, 'there is no tag `$1` in these templates')
          .replace(/^undefined filter: (\w+)$/, 'there is no filter `$1` in these templates')
          .replace(/^undefined variable: (.*)$/, 'there is no value `$1` in messages of this kind')
  ).replace(/\.$/, '')
  const at = line === undefined ? '' : `, line ${line}`
  return invalid('invalid_template', `The template cannot be used: ${part}${at}: ${told}. Mend it and send it again.`, [
    { path: `/${part}`, message: `${told}${at}` },
  ])
}

const written = (part: Part, source: string, values: Record<string, unknown>, language: unknown): string => {
  const kind = part === 'html' ? 'html' : 'text'
  const engine = engines[kind]
  try {
    if (source.length > maxSource) throw new Error('parse length limit exceeded')
    const templates = parse(kind, source)
    const context = new Context(values, engine.options, { globals: { language }, sync: true })
    // Counted in steps, not in time: a busy machine must not make a sound template fail.
    let steps = 0
    context.renderLimit.check = () => {
      steps += 1
      if (steps > maxSteps) throw new Error(`it takes more than ${maxSteps} steps: make its loops shorter`)
    }
    const emitter = {
      buffer: '',
      write(piece: unknown) {
        emitter.buffer += String(piece)
        if (emitter.buffer.length > maxOutput) throw new Error(`it writes more than ${maxOutput} characters`)
      },
    }
    toValueSync(engine.renderer.renderTemplates(templates, context, emitter) as Generator<unknown, void, unknown>)
    return emitter.buffer.toWellFormed()
  } catch (error) {
    throw fault(part, error)
  }
}

const languageFor = ({ language }: { language?: string }, values: Record<string, unknown>) => language ?? values.language ?? 'en'

const line = (part: Part, source: string, values: Record<string, unknown>, language: unknown) =>
  [
    ...oneLine(written(part, source, values, language))
      .replace(/\s+/g, ' ')
      .trim(),
  ]
    .slice(0, maxSubject)
    .join('')

/** Without spaces at the ends of lines, and without more than one empty line: conditions leave both behind. */
const withoutGaps = (text: string) =>
  text
    .split('\n')
    .map(one => one.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()

/** Fills a template with values. Throws 400 `invalid_template`, with the part and the line, for one that cannot be used. */
export const render = (template: TemplateParts, values: Record<string, unknown>): { subject: string; text: string; html: string } => {
  const language = languageFor(template, values)
  const subject = line('subject', template.subject, values, language)
  if (subject === '') throw fault('subject', new Error('it is empty'))
  const text = written('text', template.text, values, language)
  return {
    subject,
    text: `${withoutGaps(text)}\n`,
    html: written('html', template.html, values, language),
  }
}

/** Fills the one line of a kind that is shown in the shop, on a phone, or sent as SMS. */
export const renderShort = (template: { short: string; language?: string }, values: Record<string, unknown>): string =>
  line('short', template.short, values, languageFor(template, values))
