import { expect, test } from 'bun:test'
import { AppError } from '#shared/errors'
import { imageAddresses } from './domain-images'

const isRefused = (address: string) => {
  try {
    imageAddresses([address])
    return false
  } catch (error) {
    return error instanceof AppError && error.code === 'invalid_image'
  }
}

test.each([
  ['https://images.example.com/a.jpg?w=800#x', 'https://images.example.com/a.jpg?w=800#x'],
  ['HTTPS://EXAMPLE.com', 'https://example.com/'],
  ['https://example.com:443/a', 'https://example.com/a'],
  ['https://ảnh.example.vn/a b.jpg'.replace(' ', '%20'), 'https://xn--nh-k5s.example.vn/a%20b.jpg'],
  ['https://example.com/@user/a.jpg', 'https://example.com/@user/a.jpg'],
])('%s is an image’s address', (address, stored) => {
  expect(imageAddresses([address, address])).toEqual([stored])
})

test.each([
  ...['http://example.com/a.jpg', '//example.com/a.jpg', 'example.com/a.jpg', '/a.jpg', '', 'https://', 'https:///a'],
  ...[
    'javascript:alert(1)',
    'JavaScript://example.com/%0aalert(1)',
    'data:image/png;base64,AAAA',
    'file:///etc/passwd',
    'ftp://example.com/a',
  ],
  ...['https://user@example.com/a', 'https://user:word@example.com/a', 'https://:@example.com/a', 'https://@example.com/a'],
  ...['https://example.com:8443/a', 'https://example.com:22/a'],
  ...['https://localhost/a', 'https://LOCALHOST./a', 'https://shop.localhost/a', 'https://printer.local/a', 'https://db.internal/a'],
  ...['https://metadata/a', 'https://metadata.google.internal/a', 'https://router.lan/a', 'https://nas.home.arpa/a'],
  ...['https://127.0.0.1/a', 'https://127.1/a', 'https://2130706433/a', 'https://0x7f.0.0.1/a', 'https://0177.0.0.1/a', 'https://0/a'],
  ...['https://10.0.0.1/a', 'https://192.168.1.1/a', 'https://172.16.0.1/a', 'https://169.254.169.254/latest', 'https://100.64.0.1/a'],
  ...['https://１２７.０.０.１/a', 'https://127。0。0。1/a', 'https://[::1]/a', 'https://[::ffff:127.0.0.1]/a', 'https://[fd00::1]/a'],
  ...[
    'https://example.com/a\nb',
    'https://example.com\\@127.0.0.1/a',
    'https://exa\tmple.com/a',
    ' https://example.com/a',
    'https://ex ample.com',
  ],
  ...['https:example.com/a', 'https:/example.com/a'].map(address => address.replace('example.com', '127.0.0.1')),
])('%s is refused', address => {
  expect(isRefused(address)).toBe(true)
})

test('every bad address is named by its place, and none is repeated', () => {
  try {
    imageAddresses(['https://example.com/a', 'http://secret.example', 'https://10.0.0.1/secret'])
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.errors?.map(({ path }) => path)).toEqual(['/images/1', '/images/2'])
    expect(JSON.stringify(error.errors) + error.message).not.toContain('secret')
  }
})
