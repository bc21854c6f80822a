/**
 * Replaces the lines between two markers, which are comments of the file's own kind:
 *
 *   # generated from shared/platform.ts: ports
 *   - 8000
 *   # end: ports
 */
export function replaceRegion(text: string, name: string, lines: readonly string[]): string {
  const all = text.split('\n')
  const begin = all.findIndex(line => line.includes('generated from ') && line.includes(`.ts: ${name}`))
  const end = all.findIndex(line => line.includes(`end: ${name}`))
  if (begin < 0 || end < begin) throw new Error(`it has no lines "generated from shared/platform.ts: ${name}" and "end: ${name}"`)
  return [...all.slice(0, begin + 1), ...lines, ...all.slice(end)].join('\n')
}
