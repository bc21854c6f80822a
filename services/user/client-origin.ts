import { clientAddress } from '#shared/client-address'

/** Where a request comes from, in terms that a person recognises in the list of their sessions. */
export interface ClientOrigin {
  address: string
  agent: string | null
}

export const originOf = ({ headers }: Request): ClientOrigin => ({
  address: clientAddress(headers.get('x-forwarded-for')),
  agent: headers.get('user-agent'),
})
