import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '#shared/testing'
import { startGateway } from './gateway'
import { anyFreePort } from './ports'

test('a system that lists no processes, as macOS, starts the gateway and gives it new addresses as well', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-'))
  const service = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => Response.json({ items: [] }) })
  const gateway = await startGateway({ dir, port: anyFreePort(), upstreams: {}, processes: join(dir, 'none') })
  const statusOf = async (path: string) => (await fetch(`${gateway.url}${path}`, { keepalive: false })).status
  expect(await statusOf('/health')).toBe(200)
  expect(await statusOf('/api/orders')).toBe(503)
  await gateway.reload({ order: [`127.0.0.1:${service.port}`] })
  await eventually(async () => (await statusOf('/api/orders')) === 200)
  await gateway.stop()
  await service.stop()
  rmSync(dir, { recursive: true })
})
