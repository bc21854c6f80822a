import { generateKeyPairSync } from 'node:crypto'
import { jwtVerify } from 'jose'
import { textAt } from './provider-call'
import { jsonOr, testProvider } from './testing-provider'

const project = 'the-shop'
const tokenUri = 'https://oauth2.googleapis.com/token'
const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** The parts of Google’s APIs that we use: tokens for a service account, and FCM. It refuses what the real ones refuse. */
export const fakeFcm = ({ expiresIn = 3600 } = {}) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const account = {
    type: 'service_account',
    project_id: project,
    client_email: 'push@the-shop.iam.gserviceaccount.com',
    private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    token_uri: tokenUri,
  }
  const messages: unknown[] = []
  const tokens = new Set<string>()
  let asked = 0
  const error = (code: number, status: string, message: string, errorCode?: string, field?: string) =>
    Response.json(
      {
        error: {
          code,
          message,
          status,
          details: [
            ...(errorCode ? [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }] : []),
            ...(field
              ? [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description: message }] }]
              : []),
          ],
        },
      },
      { status: code },
    )
  const signIn = async (form: URLSearchParams) => {
    asked += 1
    const verified = await jwtVerify(form.get('assertion') ?? '', publicKey, {
      algorithms: ['RS256'],
      audience: tokenUri,
      issuer: account.client_email,
    }).catch(() => undefined)
    const { iat = 0, exp = 0, scope } = verified?.payload ?? {}
    const isSound =
      form.get('grant_type') === grant && scope === 'https://www.googleapis.com/auth/firebase.messaging' && exp > iat && exp - iat <= 3600
    if (!isSound) return Response.json({ error: 'invalid_grant', error_description: 'Invalid JWT' }, { status: 400 })
    const token = `ya29.${asked}`
    tokens.add(token)
    return Response.json({ access_token: token, expires_in: expiresIn, token_type: 'Bearer' })
  }
  const provider = testProvider((request, body) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/token') return signIn(new URLSearchParams(body))
    if (pathname !== `/v1/projects/${project}/messages:send`) return error(404, 'NOT_FOUND', 'Requested entity was not found.')
    if (!tokens.has(request.headers.get('authorization')?.replace('Bearer ', '') ?? ''))
      return error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    if (!request.headers.get('content-type')?.startsWith('application/json'))
      return error(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.')
    const message = jsonOr(body)?.message
    const token = textAt(message, 'token') ?? ''
    if (!message || token === '') return error(400, 'INVALID_ARGUMENT', 'Recipient of the message is not set.', 'INVALID_ARGUMENT')
    if (Buffer.byteLength(body) > 4096) return error(400, 'INVALID_ARGUMENT', 'Android message is too big', undefined, 'message')
    const data = Object.values(((message as Record<string, unknown>).data ?? {}) as Record<string, unknown>)
    if (data.some(value => typeof value !== 'string'))
      return error(400, 'INVALID_ARGUMENT', "Invalid value at 'message.data[0].value'", undefined, 'message.data[0].value')
    if (token.startsWith('gone')) return error(404, 'NOT_FOUND', 'Requested entity was not found.', 'UNREGISTERED')
    if (token.startsWith('other')) return error(403, 'PERMISSION_DENIED', 'SenderId mismatch', 'SENDER_ID_MISMATCH')
    if (token.startsWith('broken'))
      return error(400, 'INVALID_ARGUMENT', 'The registration token is not a valid FCM registration token', 'INVALID_ARGUMENT')
    if (token.startsWith('apple')) return error(401, 'UNAUTHENTICATED', 'Auth error from APNS', 'THIRD_PARTY_AUTH_ERROR')
    messages.push(message)
    return Response.json({ name: `projects/${project}/messages/${messages.length}` })
  })
  return {
    ...provider,
    messages,
    /** How often a token was asked for. */
    asked: () => asked,
    /** Makes every token invalid that was given so far. */
    revoke: () => tokens.clear(),
    options: { serviceAccount: JSON.stringify(account), url: provider.url, tokenUrl: `${provider.url}/token` },
  }
}
