import type { Request } from './request'

export const tokens = ['access_token', 'refresh_token', 'token_type', 'expires_in', 'user_id', 'email']

export const newcomer = (name: string, path: string): Request => ({
  name: `Register ${name}`,
  send: `POST ${path}`,
  body: { email: `${name}-{{run}}@example.com`, username: `${name}-{{run}}`, password: 'password123', full_name: 'Test User' },
  status: 201,
  is: { username: `${name}-{{run}}`, role: 'customer' },
  keep: { [`${name}_id`]: 'id' },
})
export const login = (name: string, path: string, password = 'password123'): Request => ({
  name: `Log ${name} in`,
  send: `POST ${path}`,
  body: { username: `${name}-{{run}}`, password },
  status: 200,
  has: tokens,
  keep: { [`${name}_token`]: 'access_token', [`${name}_refresh`]: 'refresh_token' },
})
