import { released, type ServiceName, serviceInfo, serviceNames } from '#shared/platform'
import { isOver, statuses, transitions } from '../../services/order/domain'
import { replaceRegion } from './region'

const stores = { mysql: 'MySQL', mongo: 'MongoDB', redis: 'Redis' }

const row = (name: ServiceName): string => {
  const { port, store, owns, resources, paths = [] } = serviceInfo(name)
  const routes = [...resources.map(resource => `/api/${resource}`), ...paths].map(path => `\`${path}\``)
  return `| ${name} | ${port} | ${stores[store]} | ${owns} | ${routes.join(', ')} |`
}

const isReleased = (name: ServiceName) => released.some(one => one === name)

/** The README's table of services, and those that are planned. */
export const readme = (text: string): string => {
  const planned = serviceNames.filter(name => !isReleased(name)).map(name => `${name} (${serviceInfo(name).port})`)
  return replaceRegion(text, 'services', [
    '',
    '| service | port | store | owns | routes |',
    '|---|---|---|---|---|',
    ...released.map(row),
    '',
    ...(planned.length > 0 ? [`Planned, and answered with 503 until they are released: ${planned.join(', ')}.`, ''] : []),
  ])
}

const link = (name: ServiceName): string => {
  const { owns, resources } = serviceInfo(name)
  const [resource = name] = resources
  const page = `/api/${resource}/docs`
  return `<tr><th scope="row"><a href="${page}">${resource}</a></th><td data-service="${name}"></td><td>${owns}</td><td><a href="${page}/json" aria-label="OpenAPI of ${resource}">JSON</a></td></tr>`
}

/** The page that leads to the Swagger page of each service. */
export const docsPage = (text: string): string => replaceRegion(text, 'services', serviceNames.map(link))

/** The states of an order as a picture, from the table that decides them. */
export const architecture = (text: string): string =>
  replaceRegion(text, 'saga', [
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> pending: placed',
    ...statuses.flatMap(from => transitions[from].map(({ when, to }) => `  ${from} --> ${to}: ${when}`)),
    ...statuses.filter(isOver).map(status => `  ${status} --> [*]`),
    '```',
    '',
  ])
