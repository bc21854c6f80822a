import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Environment, settings } from '#shared/config'
import { replaceFile } from './replace-file'

const make = {
  INTERNAL_KEY: () => randomBytes(32).toString('base64url'),
  DATA_KEYS: () => `local:${randomBytes(32).toString('base64')}`,
  ADMIN_EMAIL: () => 'admin@shop.example',
  ADMIN_PASSWORD: () => `Shop-${randomBytes(9).toString('base64url')}-1`,
  MYSQL_PASSWORD: () => randomBytes(18).toString('base64url'),
}

export type Secrets = Record<keyof typeof make, string>

const fileIn = (dir: string) => join(dir, 'secrets.json')
const keptIn = (dir: string): Partial<Secrets> => (existsSync(fileIn(dir)) ? JSON.parse(readFileSync(fileIn(dir), 'utf8')) : {})

/**
 * Some of the secrets in the folder. Missing ones are taken from the environment or made, and kept there: accounts and data that the first start made
 * with them need the same ones later, whether the environment still names them or not. A value that the environment names takes precedence.
 */
const secretsNamed = <Name extends keyof Secrets>(names: readonly Name[], dir: string, env: Environment): Pick<Secrets, Name> => {
  const given = settings(env)
  const all = keptIn(dir)
  for (const name of names) all[name] ??= given.optional(name) ?? make[name]()
  replaceFile(fileIn(dir), `${JSON.stringify(all, null, 2)}\n`)
  return Object.fromEntries(names.map(name => [name, given.optional(name) ?? all[name]])) as Pick<Secrets, Name>
}

export const secretsIn = (dir: string, env: Environment = process.env): Secrets =>
  secretsNamed(Object.keys(make) as (keyof Secrets)[], dir, env)

/** Whether an earlier start has given the administrator a password, which may have been changed since. */
export const hasAdministrator = (dir: string) => keptIn(dir).ADMIN_PASSWORD !== undefined

/** The password for MySQL alone. The other secrets are left to the process that uses them, whose environment may name them. */
export const mysqlMasterIn = (dir: string, env: Environment = process.env) => secretsNamed(['MYSQL_PASSWORD'], dir, env)

/** A service's password, from which no other service's password can be derived. */
export const mysqlPassword = (secrets: Pick<Secrets, 'MYSQL_PASSWORD'>, service: string) =>
  createHmac('sha256', secrets.MYSQL_PASSWORD).update(service).digest('base64url').slice(0, 32)
