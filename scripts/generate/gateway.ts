import { type ServiceName, serviceInfo, serviceNames } from '#shared/platform'
import { upstream } from '../gateway'
import { replaceRegion } from './region'

/** Every service has an upstream, also one that is not released: the gateway answers 503 for it. */
const upstreams = (header: string, addressOf: (name: ServiceName, port: number) => string): string => {
  const all = serviceNames.map(name => upstream(name, [addressOf(name, serviceInfo(name).port)]))
  return `# Written by \`bun run generate\`. ${header}\n${all.join('')}`
}

export const localUpstreams = () =>
  upstreams(
    'The services on this machine, one instance each. `bun start` writes a file of the same shape as instances come and go.',
    (_, port) => `127.0.0.1:${port}`,
  )

const dockerDns = 'resolver NAMESERVER valid=2s ipv6=off;'

export const composeUpstreams = () =>
  upstreams(
    `Every service in any number of containers: their names are resolved again at run time (Nginx 1.27.3 or newer).\n${dockerDns}`,
    (name, port) => `${name}-service:${port} resolve`,
  )

export const simpleUpstreams = () =>
  upstreams(
    `All services in one container, each on its own port. It may start after Nginx, and be replaced while Nginx runs.\n${dockerDns}`,
    (_, port) => `platform:${port} resolve`,
  )

/** Each service's own port in containers. */
export const direct = (text: string): string => {
  const ports = serviceNames.map(name => ({ name, port: serviceInfo(name).port }))
  const mapped = replaceRegion(
    text,
    'ports',
    ports.map(({ name, port }) => `  ${port} ${name};`),
  )
  return replaceRegion(
    mapped,
    'listen',
    ports.map(({ port }) => `  listen ${port};`),
  )
}

/** Which service answers below `/api/<resource>`. */
export const resources = (text: string): string =>
  replaceRegion(
    text,
    'resources',
    serviceNames.flatMap(name => serviceInfo(name).resources.map(resource => `    ${resource} ${name};`)),
  )
