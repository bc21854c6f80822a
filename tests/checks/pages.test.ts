import { expect, test } from 'bun:test'
import { exists, root, textOf } from './files'

const documents = ['README.md', ...new Bun.Glob('docs/*.md').scanSync(root)]

test('every file that a document names exists', () => {
  const missing = documents.flatMap(document => {
    const text = textOf(document)
    const named = [
      ...text.matchAll(
        /[`(]((?:gateway|services|shared|scripts|tests|bench|deploy|docs|postman)\/[\w./-]+\.(?:ts|md|conf|sh|yml|json|lua))[`)]/g,
      ),
    ]
    return named.flatMap(([, path = '']) => (exists(path) ? [] : [`${document}: ${path}`]))
  })
  expect(missing).toEqual([])
})
