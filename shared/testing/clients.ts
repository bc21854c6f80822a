import { createClients } from '../client'
import type { ServiceName } from '../platform'

interface App {
  fetch(request: Request): Response | Promise<Response>
}

/**
 * Clients of services that a test replaces: each app answers over HTTP on its own port, as the real service does. A service in `down` has
 * no instances, and `asked` has the name of every service that was called, in order.
 */
export const testClients = (apps: Partial<Record<ServiceName, App>>, internalToken = async (service: string) => `for-${service}`) => {
  const down = new Set<ServiceName>()
  const asked: string[] = []
  const servers = new Map(
    Object.entries(apps).map(([name, app]) => {
      const fetch = (request: Request) => {
        asked.push(name)
        return app.fetch(request)
      }
      return [name, Bun.serve({ port: 0, hostname: '127.0.0.1', fetch })] as const
    }),
  )
  const instances = async (service: ServiceName) => {
    const port = servers.get(service)?.port
    if (down.has(service) || port === undefined) return []
    const address = `127.0.0.1:${port}`
    return [{ id: service, address, host: '127.0.0.1', port, version: '1', started_at: '', last_heartbeat: '' }]
  }
  return {
    client: createClients({ resolver: { instances }, internalToken }),
    down,
    asked,
    stop: () => Promise.all([...servers.values()].map(server => server.stop(true))),
  }
}
