import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** Files of the project, parsed as the tools that read them would. */
export const root = join(import.meta.dir, '../..')
export const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
export const exists = (path: string) => existsSync(join(root, path))
export const filesIn = (folder: string, pattern: string) =>
  [...new Bun.Glob(pattern).scanSync(join(root, folder))].map(path => join(folder, path)).sort()

export interface Container {
  image: string
  build?: { context: string; target: string; args: { SERVICE: string } }
  command?: string[]
  user?: string
  init?: boolean
  restart?: string
  read_only?: boolean
  container_name?: string
  hostname?: string
  profiles?: string[]
  ports?: string[]
  networks?: string[]
  network_mode?: string
  environment?: Record<string, string | number | null>
  secrets?: (string | { source: string; target: string })[]
  volumes?: string[]
  stop_grace_period?: string
  deploy?: { resources: { limits: { memory?: string } } }
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
}
export interface Compose {
  services: Record<string, Container>
  networks: Record<string, unknown>
  volumes: Record<string, unknown>
  secrets?: Record<string, { file: string }>
}
export const composeOf = (path: string): Compose => parse(textOf(path), { merge: true })
export const yamlOf = <T>(path: string): T => parse(textOf(path), { merge: true })
export const documentsOf = <T>(path: string): T[] => parseAllDocuments(textOf(path)).map(document => document.toJS())

/** What only tests run: it stays out of the image. */
export const isTest = (file: string) => /(\.test|\/testing[\w-]*)\.ts$|^shared\/testing\//.test(file)

/** The names of all settings that a folder's code reads. */
export const settingsReadIn = (folder: string): string[] => {
  const files = filesIn(folder, '**/*.ts').filter(file => !isTest(file))
  const names = files.flatMap(file => [
    ...textOf(file).matchAll(/\b(?:text|optional|integer|secret|oneOf|forService)\('([A-Z][A-Z0-9_]+)'/g),
  ])
  return [...new Set(names.map(([, name = '']) => name))].sort()
}
/** The settings of every service. */
export const commonSettings = settingsReadIn('shared')
