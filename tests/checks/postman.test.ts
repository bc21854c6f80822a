import { describe, expect, test } from 'bun:test'
import { openApiOf } from '#shared/docs'
import { released } from '#shared/platform'
import { collection } from '../../scripts/postman/collection'
import { appOf } from './services'

/** tests/platform/postman.test.ts runs the collection; what can be seen without a running platform is held here. */
const requests = collection.item.flatMap(folder => folder.item.map(item => ({ folder: folder.name, ...item })))
const routeOf = ({ request }: (typeof requests)[number]) =>
  `${request.method} /${request.url.path.join('/')}`.replace('/api/v1/', '/api/').replace(/\{\{\w+\}\}/g, '{}')
const described = (request: (typeof requests)[number]) => `${request.folder} / ${request.name}: ${routeOf(request)}`

/** The gateway's own paths, which no service documents. */
const gatewayRoutes = ['GET /health', 'GET /health/services']

/** The public routes of every service, as in `GET /api/orders/{id}`. */
const documentedRoutes = async () => {
  const documents = await Promise.all(released.map(async service => openApiOf(await appOf(service), service)))
  return documents.flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`)),
  )
}

const parametersOf = (route: string) => route.split('{').length - 1
const pattern = (route: string) => new RegExp(`^${route.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`)
/** The documented route that a request calls: of several that match, the one with the fewest parameters. */
const calledBy = (route: string, documented: readonly string[]) =>
  documented.filter(one => pattern(one).test(route)).sort((a, b) => parametersOf(a) - parametersOf(b))[0]

describe('the Postman collection', () => {
  test('has every documented route (describe a request that is missing in scripts/postman, then `bun run generate`), and no others', async () => {
    const documented = await documentedRoutes()
    const own = requests.filter(request => !gatewayRoutes.includes(routeOf(request)))
    expect(own.filter(request => calledBy(routeOf(request), documented) === undefined).map(described)).toEqual([])
    const called = new Set(own.map(request => calledBy(routeOf(request), documented)))
    expect(documented.filter(route => !called.has(route))).toEqual([])
  })

  test('gives each request of a folder a name of its own', () => {
    const names = requests.map(({ folder, name }) => `${folder} / ${name}`)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })
})
