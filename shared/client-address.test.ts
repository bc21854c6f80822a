import { expect, test } from 'bun:test'
import { clientAddress, clientNetwork } from './client-address'

test('the client’s address is the last one, which the gateway added', () => {
  expect(clientAddress('10.0.0.1, 203.0.113.9')).toBe('203.0.113.9')
  for (const nothing of [undefined, null, '']) expect(clientAddress(nothing)).toBe('direct')
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '::ffff:203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('%s is in the network %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network)
})
