import { released, serviceInfo, serviceNames } from '#shared/platform'
import { portsFrom } from '../ports'

export interface NewService {
  /** Lower-case letters only: it becomes part of paths, identifiers and a database's name. */
  name: string
  plural: string
  /** Its public resource: the path below `/api/`. */
  resource: string
  store: 'mysql' | 'mongo' | 'redis'
  owns: string
  port: number
  /** Whether shared/platform.ts has no line for it yet. */
  unknown: boolean
}

interface Request {
  name: string
  store?: string | undefined
  resource?: string | undefined
  owns?: string | undefined
}

const stores: Record<string, NewService['store']> = { mysql: 'mysql', mongodb: 'mongo', mongo: 'mongo', redis: 'redis' }

/** Words that cannot be a service's name: keywords that would become identifiers, and hosts and images of the compose files. */
const reserved = new Set([
  ...['await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'default', 'delete', 'else', 'enum', 'export', 'extends', 'false'],
  ...['finally', 'for', 'function', 'import', 'instanceof', 'interface', 'let', 'new', 'null', 'package', 'private', 'return', 'static'],
  ...['super', 'switch', 'this', 'throw', 'true', 'try', 'typeof', 'void', 'while', 'with', 'yield'],
  ...['all', 'gateway', 'mongo', 'mysql', 'platform', 'rabbitmq', 'redis', 'secrets', 'setup', 'shared', 'test'],
])

const pluralOf = (name: string) => {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`
}

/** The next port after those of the services, without the ports that the stack's servers use. */
const nextPort = () => {
  const { rabbitmq, ...others } = portsFrom(8000)
  const taken = new Set([...Object.values(others), rabbitmq, rabbitmq + 1, rabbitmq + 2])
  let port = Math.max(...serviceNames.map(name => serviceInfo(name).port)) + 1
  while (taken.has(port)) port++
  return port
}

/** Completes a request by what shared/platform.ts says, and refuses one that cannot be carried out. */
export const describeService = ({ name, store, resource, owns }: Request): NewService => {
  if (!/^[a-z]{3,20}$/.test(name) || reserved.has(name))
    throw new Error(`"${name}" cannot be a service's name: use 3 to 20 lower-case letters`)
  const known = serviceNames.find(one => one === name)
  if (known && released.some(one => one === known)) throw new Error(`there is a service ${name} already, in services/${name}`)
  if (store !== undefined && !stores[store]) throw new Error(`--store is one of mysql, mongodb and redis, not "${store}"`)
  if (resource !== undefined && !/^[a-z]+$/.test(resource)) throw new Error('--resource is one word of lower-case letters')
  const plural = pluralOf(name)
  if (!known) {
    const chosen = stores[store ?? '']
    if (!chosen) throw new Error('say where it keeps its data: --store mysql, mongodb or redis')
    const described = { name, plural, resource: resource ?? plural, store: chosen, owns: owns ?? 'notes about products' }
    const taken = serviceNames.find(one => serviceInfo(one).resources.includes(described.resource))
    if (taken) throw new Error(`/api/${described.resource} belongs to ${taken}: name another --resource`)
    return { ...described, port: nextPort(), unknown: true }
  }
  const info = serviceInfo(known)
  if (store !== undefined && stores[store] !== info.store)
    throw new Error(`shared/platform.ts says that ${name} keeps its data in ${info.store}`)
  if (resource !== undefined || owns !== undefined)
    throw new Error(`shared/platform.ts says already what ${name} owns and which paths it has: change it there`)
  return { ...info, name, plural, resource: info.resources[0] ?? plural, unknown: false }
}
