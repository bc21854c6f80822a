import { expect, test } from 'bun:test'
import { anyFreePort, isFree, ownerOf, requireFreePorts } from './ports'

test('an error about a taken port names its owner and the setting that moves it', () => {
  using listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const wanted = [
    { name: 'the gateway', port: listener.port, setting: 'GATEWAY_PORT' },
    { name: 'Redis', port: anyFreePort(), setting: 'PORT_BASE' },
  ]
  expect(isFree(listener.port)).toBe(false)
  const message = new RegExp(
    `^port ${listener.port} \\(for the gateway\\) is in use by pid ${process.pid} \\(.*bun.*\\); choose another by GATEWAY_PORT$`,
  )
  expect(() => requireFreePorts(wanted)).toThrow(message)
})

test('a free port has no owner', () => {
  const port = anyFreePort()
  expect(isFree(port)).toBe(true)
  expect(ownerOf(port)).not.toContain('pid')
})
