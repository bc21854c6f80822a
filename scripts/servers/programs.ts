import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Programs in SERVERS_DIR take precedence over the machine's. */
const chosen = () => (process.env.SERVERS_DIR ? [join(process.env.SERVERS_DIR, 'bin')] : [])
/** Folders of servers that are not on an ordinary user's PATH. */
const further = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/sbin', '/opt/homebrew/bin']

const onPath = (...names: string[]) => {
  const PATH = [...chosen(), process.env.PATH, ...further].join(delimiter)
  return names.map(name => Bun.which(name, { PATH })).find(found => found !== null)
}
const first = (...paths: string[]) => paths.find(path => existsSync(path))

/** Downloads that all checkouts share. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shop-platform')
export const pypiMongo = join(cacheFolder, 'mongod-pypi')
export const officialMongo = join(cacheFolder, 'mongod-official')
export const productionServers = join(cacheFolder, 'servers-sid')

/** Debian's command on the PATH changes the user and uses /var/lib; the upstream script that it calls does neither. */
const upstreamRabbitmq = '/usr/lib/rabbitmq/bin/rabbitmq-server'

const lookups = {
  mysql: () => onPath('mysqld', 'mariadbd'),
  mariadbInstall: () => onPath('mariadb-install-db', 'mysql_install_db'),
  mongo: () => onPath('mongod') ?? first(join(officialMongo, 'mongod'), join(pypiMongo, 'bin/mongod')),
  redis: () => onPath('redis-server', 'valkey-server'),
  rabbitmq: () => first(...chosen().map(bin => join(bin, 'rabbitmq-server')), upstreamRabbitmq) ?? onPath('rabbitmq-server'),
  epmd: () => onPath('epmd') ?? first('/usr/lib/erlang/bin/epmd'),
  nginx: () => onPath('nginx'),
  wrk: () => onPath('wrk'),
  chromium: () => process.env.CHROMIUM_PATH ?? onPath('chromium', 'chromium-browser', 'google-chrome'),
}

export type Program = keyof typeof lookups

export const hasProgram = (name: Program) => lookups[name]() !== undefined

const found = (name: Program) => () => {
  const path = lookups[name]()
  if (!path) throw new Error(`${name} is not on this machine; \`bun start\` says how to get it`)
  return path
}

/** Each returns the path of its program, looked up at every call: it may have been installed since the last. */
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
