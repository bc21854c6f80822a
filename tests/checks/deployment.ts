import { parse, parseAllDocuments } from 'yaml'
import { filesIn, isTest, textOf } from './files'

/** Files of the deployment, parsed as the tools that read them would. */
export interface Container {
  image: string
  build?: { context: string; target: string; args?: { SERVICE: string } }
  command?: string[]
  user?: string
  init?: boolean
  restart?: string
  read_only?: boolean
  tmpfs?: string[]
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

/** The names of all settings that a folder's code reads. */
export const settingsReadIn = (folder: string): string[] => {
  const files = filesIn(folder).filter(file => !isTest(file))
  const names = files.flatMap(file => [
    ...textOf(file).matchAll(/\b(?:text|optional|integer|secret|oneOf|forService)\('([A-Z][A-Z0-9_]+)'/g),
  ])
  return [...new Set(names.map(([, name = '']) => name))].sort()
}
/** The settings of every service. */
export const commonSettings = settingsReadIn('shared')
