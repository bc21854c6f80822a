import type { From } from './sessions'

/** The client's address as our gateway tells it: `X-Real-IP`, or else what it added last to `X-Forwarded-For`. Earlier values are anybody's word. */
export const fromOf = ({ headers }: Request): From => ({
  address: headers.get('x-real-ip')?.trim() || headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || 'direct',
  agent: headers.get('user-agent'),
})
