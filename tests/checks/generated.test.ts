import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { released } from '#shared/platform'
import { generate } from '../../scripts/generate'
import { replaceRegion } from '../../scripts/generate/region'
import { filesIn } from './files'

/** The first line in which a file is not what would be generated. */
const staleLine = (present: string, text: string) => {
  const expected = text.split('\n')
  const lines = present.split('\n')
  const index = expected.findIndex((line, at) => line !== lines[at])
  const at = index < 0 ? expected.length : index
  return `line ${at + 1} is "${lines[at] ?? ''}" instead of "${expected[at] ?? ''}"`
}

describe('what is generated', () => {
  test('is current: otherwise run `bun run generate`', async () => {
    const stale = (await generate()).filter(({ present, text }) => present !== text)
    expect(stale.map(({ path, present, text }) => `run \`bun run generate\`: in ${path} ${staleLine(present, text)}`)).toEqual([])
  })

  test('leaves no folder of a service that is not released', () => {
    const folders = filesIn('deploy/kubernetes/services', '*/kustomization.yaml').map(file => file.split('/')[3] ?? '')
    expect(folders.filter(folder => !released.some(name => name === folder))).toEqual([])
  })

  test('is refused for a file that has lost its markers, with the file’s name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'generate-'))
    try {
      await expect(generate(folder)).rejects.toThrow(
        'docker-compose.yml: it has no lines "generated from shared/platform.ts: ports" and "end: ports"',
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('changes nothing outside of its markers', () => {
    const text = 'before\n# generated from shared/platform.ts: ports\nold\n# end: ports\nafter\n'
    const expected = 'before\n# generated from shared/platform.ts: ports\nnew\n  lines\n# end: ports\nafter\n'
    expect(replaceRegion(text, 'ports', ['new', '  lines'])).toBe(expected)
    expect(replaceRegion(expected, 'ports', ['new', '  lines'])).toBe(expected)
  })
})
