import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Where servers live that an ordinary user's PATH does not name. */
const searchPath = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/sbin', '/opt/homebrew/bin'].join(delimiter)

const onPath = (...names: string[]) => names.map(name => Bun.which(name, { PATH: searchPath })).find(found => found !== null)
const first = (...paths: string[]) => paths.find(path => existsSync(path))

/** Everything of ours that outlives a checkout, shared by all of them. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shop-platform')
export const pypiMongo = join(cacheFolder, 'mongod-pypi')
export const officialMongo = join(cacheFolder, 'mongod-official')

const lookups = {
  mysql: () => onPath('mysqld', 'mariadbd'),
  mariadbInstall: () => onPath('mariadb-install-db', 'mysql_install_db'),
  mongo: () => onPath('mongod') ?? first(join(officialMongo, 'mongod'), join(pypiMongo, 'bin/mongod')),
  redis: () => onPath('redis-server', 'valkey-server'),
  // Debian's command on the PATH changes the user and insists on /var/lib; upstream's script behind it does neither.
  rabbitmq: () => first('/usr/lib/rabbitmq/bin/rabbitmq-server') ?? onPath('rabbitmq-server'),
  epmd: () => onPath('epmd') ?? first('/usr/lib/erlang/bin/epmd'),
  nginx: () => onPath('nginx'),
  wrk: () => onPath('wrk'),
  chromium: () => process.env.CHROMIUM_PATH ?? onPath('chromium', 'chromium-browser', 'google-chrome'),
}

export type Program = keyof typeof lookups

export const hasProgram = (name: Program) => lookups[name]() !== undefined

const found = (name: Program) => () => {
  const path = lookups[name]()
  if (!path) throw new Error(`${name} is not on this machine: \`bun start\` says how to get it`)
  return path
}

/** Each answers the path of its program, looked up anew: one may have been installed meanwhile. */
export const programs = {
  mysql: found('mysql'),
  mariadbInstall: found('mariadbInstall'),
  mongo: found('mongo'),
  redis: found('redis'),
  rabbitmq: found('rabbitmq'),
  epmd: found('epmd'),
  nginx: found('nginx'),
  wrk: found('wrk'),
  chromium: found('chromium'),
}
