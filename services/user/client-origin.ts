/** Where a request comes from, in terms that a person recognises in the list of their sessions. */
export interface ClientOrigin {
  address: string
  agent: string | null
}

/** Trusts only what our gateway sets: `X-Real-IP`, or else the last value of `X-Forwarded-For`. Earlier values come from the client. */
export const originOf = ({ headers }: Request): ClientOrigin => ({
  address: headers.get('x-real-ip')?.trim() || headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || 'direct',
  agent: headers.get('user-agent'),
})
