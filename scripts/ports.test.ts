import { expect, test } from 'bun:test'
import { anyFreePort, freePortBase, highestPortBase, isFree, ownerOf, portsFrom, requireFreePorts } from './ports'

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

/** Ordinary users may not listen on low ports; the system, not another process, is in their way. */
test('a port that the system refuses is not said to be in use', () => {
  const impossible = { name: 'the gateway', port: 65_536, setting: 'GATEWAY_PORT' }
  expect(() => requireFreePorts([impossible])).toThrow(/^port 65536 \(for the gateway\) cannot be used by this user \(.+\); choose another/)
})

test('every port of a stack on the highest base exists', () => {
  expect(Math.max(...Object.values(portsFrom(highestPortBase))) + 2).toBeLessThan(65_536)
})

test('two stacks that look for ports at once get different ones', () => {
  const first = freePortBase(45_000)
  expect(freePortBase(first)).toBeGreaterThan(first)
})
