/** What stands in the fields of a form, all of it text. */
export type Values = Record<string, string>
type Sent = string | number | null | readonly string[]

/** The parts of a text that are not empty. */
export const listOf = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map(part => part.trim())
    .filter(Boolean)

const sent = (name: string, text: string, numbers: readonly string[]) => (numbers.includes(name) ? Number(text) : text)

/** What was filled in, as the API takes it: numbers as numbers, and nothing for what was left empty. */
export const filled = (values: Values, numbers: readonly string[] = []): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const text = value.trim()
      return text === '' ? [] : [[name, sent(name, text, numbers)]]
    }),
  )

/** The fields whose text is another one than before. */
export const changedOf = (values: Values, before: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => value.trim() !== (before[name] ?? '').trim()))

/** The same fields as the API takes them in a change. A field that was emptied is null, or what `empty` has for it. */
export const changeOf = (
  values: Values,
  before: Values,
  numbers: readonly string[] = [],
  empty: Record<string, Sent> = {},
): Record<string, Sent> =>
  Object.fromEntries(
    Object.entries(changedOf(values, before)).map(([name, value]) => {
      const text = value.trim()
      return [name, text === '' ? (empty[name] ?? null) : sent(name, text, numbers)]
    }),
  )
