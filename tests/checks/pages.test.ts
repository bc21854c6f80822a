import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dir, '../..')
const documents = ['README.md', ...new Bun.Glob('docs/*.md').scanSync(root)]

test('every file that a document names exists', () => {
  const missing = documents.flatMap(document => {
    const text = readFileSync(join(root, document), 'utf8')
    const named = [
      ...text.matchAll(
        /[`(]((?:gateway|services|shared|scripts|tests|bench|deploy|docs|postman)\/[\w./-]+\.(?:ts|md|conf|sh|yml|json|lua))[`)]/g,
      ),
    ]
    return named.flatMap(([, path = '']) => (existsSync(join(root, path)) ? [] : [`${document}: ${path}`]))
  })
  expect(missing).toEqual([])
})
