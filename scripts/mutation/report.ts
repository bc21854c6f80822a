import { type Equal, equal } from './equal'

/** The share of changes that tests must notice. */
const floor = 0.9

interface Position {
  line: number
  column: number
}
/** A change of the source, and what became of it, in Stryker's words. */
export interface Mutant {
  file: string
  replacement: string
  location: { start: Position; end: Position }
  status: string
}

export interface Result {
  changes: number
  noticed: number
  /** Changed in the code, but not in what it does; they are not counted. */
  equal: number
  /** `file:line  before → after`. */
  unnoticed: string[]
  /** Listed as equal, but a test noticed it. */
  wronglyListed: string[]
}

/** Stryker skips what a comment or skip-messages.ts tells it to, and what no longer compiles. */
const skipped = new Set(['Ignored', 'CompileError'])
/** An endless loop was ended, and a crash is as clear as a failed test. */
const noticing = new Set(['Killed', 'Timeout', 'RuntimeError'])

const oneLine = (code: string) => {
  const text = code.replace(/\s+/g, ' ').trim()
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

export const describeChange = (source: string, { location: { start, end }, replacement }: Mutant): string => {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  const text = lines.map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
  return `${oneLine(text.join(' '))} → ${oneLine(replacement)}`
}

export function resultOf(file: string, source: string, mutants: readonly Mutant[], listed: readonly Equal[] = equal): Result {
  const result: Result = { changes: 0, noticed: 0, equal: 0, unnoticed: [], wronglyListed: [] }
  for (const mutant of mutants) {
    if (mutant.file !== file || skipped.has(mutant.status)) continue
    const change = describeChange(source, mutant)
    const place = `${file}:${mutant.location.start.line}  ${change}`
    const text = source.split('\n')[mutant.location.start.line - 1] ?? ''
    const isListed = listed.some(one => one.file === file && one.change === change && text.includes(one.line ?? ''))
    const isNoticed = noticing.has(mutant.status)
    if (isListed && isNoticed) result.wronglyListed.push(place)
    if (isListed && !isNoticed) {
      result.equal += 1
      continue
    }
    result.changes += 1
    if (isNoticed) result.noticed += 1
    else result.unnoticed.push(place)
  }
  return result
}

export const total = (results: readonly Result[]): Result => ({
  changes: results.reduce((sum, { changes }) => sum + changes, 0),
  noticed: results.reduce((sum, { noticed }) => sum + noticed, 0),
  equal: results.reduce((sum, one) => sum + one.equal, 0),
  unnoticed: results.flatMap(({ unnoticed }) => unnoticed),
  wronglyListed: results.flatMap(({ wronglyListed }) => wronglyListed),
})

export const summary = ({ changes, noticed, equal }: Result) => {
  const share = changes === 0 ? 'none to notice' : `${((noticed / changes) * 100).toFixed(1)} %`
  return `${changes} changes, ${noticed} noticed, ${share}${equal > 0 ? ` (${equal} more are equal in meaning)` : ''}`
}

/** What is wrong with a run, or nothing. */
export const failure = ({ changes, noticed, wronglyListed }: Result): string | undefined => {
  if (wronglyListed.length > 0)
    return `Tests notice what scripts/mutation/equal.ts lists as equal; take it out there:\n${wronglyListed.join('\n')}`
  if (noticed < changes * floor) return `Less than ${floor * 100} % of the changes were noticed: test what is listed above.`
  return undefined
}
