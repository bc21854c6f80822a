import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The project's files, by their paths below its root. */
export const root = join(import.meta.dir, '../..')
export const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
export const exists = (path: string) => existsSync(join(root, path))
export const filesIn = (folder: string, pattern = '**/*.ts') =>
  [...new Bun.Glob(pattern).scanSync(join(root, folder))].map(path => join(folder, path)).sort()

/** Whether only tests use the file: it stays out of the image. */
export const isTest = (file: string) => /(\.test|\/testing[\w-]*)\.ts$|^shared\/testing\//.test(file)
