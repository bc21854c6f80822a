/** Where a request comes from, in terms that a person recognises in the list of their sessions. */
export interface ClientOrigin {
  address: string
  agent: string | null
}

/** The gateway sets the last value of `X-Forwarded-For`. Earlier values, and every other header, come from the client. */
export const originOf = ({ headers }: Request): ClientOrigin => ({
  address: headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || 'direct',
  agent: headers.get('user-agent'),
})
