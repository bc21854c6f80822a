import { basename, dirname } from 'node:path'
import { root } from '../install'

/** Tables of names. */
const data = ['services/notification/domain-values.ts']
/**
 * How the spam scorer reads a text and was trained: another hash or pattern there is another model, better or worse by its precision and recall,
 * which a test of its own measures.
 */
const model = /^services\/rating\/domain-spam-(features|figures|marks|plain|sketch|topics|training|weights)\b/

/** Kernel files that decide from values alone, as the domain files of services do. */
const kernel = ['shared/address.ts', 'shared/money.ts']

export interface Group {
  /** A service, or a file of the kernel. */
  name: string
  files: string[]
  /** Tests that need no server. */
  tests: string[]
}

const filesLike = (pattern: string) => [...new Bun.Glob(pattern).scanSync(root)].sort()

/** The pure files by service, each with the tests beside it that need no server. `parts` choose files whose path has one of them. */
export function pureFiles(parts: readonly string[]): Group[] {
  const domains = filesLike('services/*/domain*.ts').filter(
    file => /\/domain(-[\w-]+)?\.ts$/.test(file) && !data.includes(file) && !model.test(file),
  )
  const byService = Object.groupBy(domains, file => basename(dirname(file)))
  const groups = [
    ...Object.entries(byService).map(([name, files = []]) => ({ name, files, tests: filesLike(`services/${name}/domain*.test.ts`) })),
    ...kernel.map(file => ({ name: file, files: [file], tests: filesLike(file.replace(/\.ts$/, '*.test.ts')) })),
  ]
  const chosen = (file: string) => parts.length === 0 || parts.some(part => file.includes(part.replace(/^\.\//, '')))
  return groups
    .map(({ name, files, tests }) => ({
      name,
      files: files.filter(chosen),
      tests: tests.filter(file => !model.test(file)),
    }))
    .filter(({ files }) => files.length > 0)
}
