import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** What SERVERS_DIR holds comes before anything of the machine's. */
const chosen = () => (process.env.SERVERS_DIR ? [join(process.env.SERVERS_DIR, 'bin')] : [])
/** Where servers live that an ordinary user's PATH does not name. */
const further = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/sbin', '/opt/homebrew/bin']

const onPath = (...names: string[]) => {
  const PATH = [...chosen(), process.env.PATH, ...further].join(delimiter)
  return names.map(name => Bun.which(name, { PATH })).find(found => found !== null)
}
const first = (...paths: string[]) => paths.find(path => existsSync(path))

/** Everything of ours that outlives a checkout, shared by all of them. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shop-platform')
export const pypiMongo = join(cacheFolder, 'mongod-pypi')
export const officialMongo = join(cacheFolder, 'mongod-official')
export const productionServers = join(cacheFolder, 'servers-sid')

/** Debian's command on the PATH changes the user and insists on /var/lib; upstream's script behind it does neither. */
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
