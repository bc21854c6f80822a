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
  /** Listed as equal, but noticed by a test, or no longer there. */
  outdated: string[]
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
  const lines = source.split('\n')
  const mine = listed.filter(one => one.file === file).flatMap(({ line = '', changes }) => changes.map(change => ({ line, change })))
  const found = new Set<(typeof mine)[number]>()
  const result: Result = { changes: 0, noticed: 0, equal: 0, unnoticed: [], outdated: [] }
  for (const mutant of mutants) {
    if (mutant.file !== file || skipped.has(mutant.status)) continue
    const { line } = mutant.location.start
    const change = describeChange(source, mutant)
    const isNoticed = noticing.has(mutant.status)
    // On a busy machine the tests of an equal change may take too long: that is no sign that they notice it.
    const entry = mutant.status === 'Killed' ? undefined : mine.find(one => one.change === change && lines[line - 1]?.includes(one.line))
    if (entry) {
      found.add(entry)
      result.equal += 1
      continue
    }
    result.changes += 1
    if (isNoticed) result.noticed += 1
    else result.unnoticed.push(`${file}:${line}  ${change}`)
  }
  result.outdated = mine.filter(one => !found.has(one)).map(({ change }) => `${file}  ${change}`)
  return result
}

export const total = (results: readonly Result[]): Result => ({
  changes: results.reduce((sum, { changes }) => sum + changes, 0),
  noticed: results.reduce((sum, { noticed }) => sum + noticed, 0),
  equal: results.reduce((sum, one) => sum + one.equal, 0),
  unnoticed: results.flatMap(({ unnoticed }) => unnoticed),
  outdated: results.flatMap(({ outdated }) => outdated),
})

export const summary = ({ changes, noticed, equal }: Result) => {
  const share = changes === 0 ? 'none to notice' : `${((noticed / changes) * 100).toFixed(1)} %`
  return `${changes} changes, ${noticed} noticed, ${share}${equal > 0 ? ` (${equal} more are equal in meaning)` : ''}`
}

/** What is wrong with a run, or nothing. */
export const failure = ({ changes, noticed, outdated }: Result): string | undefined => {
  if (outdated.length > 0)
    return `scripts/mutation/equal.ts lists changes that a test notices or that are no longer made; take them out:\n${outdated.join('\n')}`
  if (noticed < changes * floor) return `Less than ${floor * 100} % of the changes were noticed: test what is listed above.`
  return undefined
}
