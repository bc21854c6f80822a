import { login, newcomer, tokens } from './people'
import type { Folder } from './request'

/** RFC 6238 in Postman's sandbox: the code of the step that is `ahead` of now. */
const totp = (variable: string, ahead: number) => [
  `const crypto = require('crypto-js')`,
  `const bits = [...pm.variables.get('mfa_secret')].map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')`,
  `const key = crypto.enc.Hex.parse(bits.match(/.{8}/g).map(byte => parseInt(byte, 2).toString(16).padStart(2, '0')).join(''))`,
  `const step = (Math.floor(Date.now() / 30000) + ${ahead}).toString(16).padStart(16, '0')`,
  `const digest = crypto.HmacSHA1(crypto.enc.Hex.parse(step), key).toString()`,
  `const offset = parseInt(digest.slice(-1), 16) * 2`,
  `const code = (parseInt(digest.slice(offset, offset + 8), 16) & 0x7fffffff) % 1000000`,
  `pm.collectionVariables.set('${variable}', String(code).padStart(6, '0'))`,
]

export const twoFactor: Folder = {
  name: 'Two-factor login',
  about: 'An authenticator app’s part is played by the pre-request scripts: they compute the code from the secret.',
  requests: [
    newcomer('careful', '/auth/register'),
    login('careful', '/auth/login'),
    {
      name: 'Begin',
      send: 'POST /api/users/me/mfa',
      as: 'careful',
      status: 200,
      has: ['secret', 'otpauth_uri'],
      keep: { mfa_secret: 'secret' },
    },
    {
      name: 'Turn it on with the first code',
      send: 'POST /api/users/me/mfa/verify',
      as: 'careful',
      body: { code: '{{mfa_code}}' },
      before: totp('mfa_code', 0),
      status: 200,
      has: ['recovery_codes'],
      keep: { recovery_code: 'recovery_codes.0' },
    },
    {
      name: 'The password alone gives a challenge',
      send: 'POST /auth/login',
      body: { username: 'careful-{{run}}', password: 'password123' },
      status: 200,
      is: { mfa_required: true },
      keep: { challenge: 'challenge' },
    },
    {
      name: 'A wrong code is refused',
      send: 'POST /api/users/login/mfa',
      body: { challenge: '{{challenge}}', code: '{{mfa_code}}' },
      status: 401,
      problem: 'invalid_code',
      about: 'It was right a moment ago: each code works once.',
    },
    {
      name: 'Log in with a code',
      send: 'POST /auth/login/mfa',
      body: { challenge: '{{challenge}}', code: '{{mfa_code}}' },
      before: totp('mfa_code', 1),
      about: 'The code of the step to come, which is taken as well: the present one was used above.',
      status: 200,
      has: tokens,
      keep: { careful_token: 'access_token' },
    },
    {
      name: 'Another challenge',
      send: 'POST /api/users/login',
      body: { username: 'careful-{{run}}', password: 'password123' },
      status: 200,
      is: { mfa_required: true },
      keep: { challenge: 'challenge' },
    },
    {
      name: 'Log in with a recovery code',
      send: 'POST /api/users/login/mfa',
      body: { challenge: '{{challenge}}', code: '{{recovery_code}}' },
      status: 200,
      has: tokens,
      keep: { careful_token: 'access_token' },
    },
    { name: 'Turn it off', send: 'DELETE /api/users/me/mfa', as: 'careful', status: 204 },
    {
      name: 'My sessions',
      send: 'GET /api/users/me/sessions?limit=100',
      as: 'careful',
      status: 200,
      after: [
        `const other = body.items.find(session => !session.current)`,
        `pm.test('there is another', () => pm.expect(other).to.be.an('object'))`,
        `if (other) pm.collectionVariables.set('session_id', other.id)`,
      ],
    },
    { name: 'Log out elsewhere', send: 'DELETE /api/users/me/sessions/{{session_id}}', as: 'careful', status: 204 },
    { name: 'Log out here', send: 'POST /api/users/logout', as: 'careful', status: 204 },
  ],
}
