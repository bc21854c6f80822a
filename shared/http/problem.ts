import { ValidationError } from 'elysia'
import { currentContext } from '../context'
import { AppError, type Fault, invalid, isUnavailable, statusOf, statusTitles, unavailable } from '../errors'

const isPointer = (path: string): path is Fault['path'] => /^\/[\w/]{0,120}$/.test(path)

/** Every fault, without the input: a path is repeated only when it looks like a field's name. */
const faultsOf = (error: ValidationError): Fault[] => {
  const faults = new Map<Fault['path'], Fault>()
  for (const fault of error.all) {
    const path = isPointer(fault.path) ? fault.path : '/'
    const expected = 'schema' in fault && fault.schema.expected
    if (!faults.has(path)) faults.set(path, { path, message: expected || fault.message || 'is not as it should be' })
  }
  return [...faults.values()]
}

/** Any error as an `AppError`. An unexpected one becomes 500, without details for the client. */
export const toAppError = (error: unknown, elysiaCode: string | number): AppError => {
  if (error instanceof AppError) return error
  if (error instanceof ValidationError) {
    if (error.type === 'response') {
      // The values may be personal data, so the log gets the names of the fields only.
      const cause = new Error(`the answer breaks its own schema at ${faultsOf(error).map(({ path }) => path)}`)
      return new AppError('failed', 'internal_error', 'Something went wrong on our side.', { cause })
    }
    return invalid('invalid_input', 'Some fields are not as they should be; see errors.', faultsOf(error))
  }
  if (error instanceof Error && error.cause instanceof AppError) return error.cause
  if (elysiaCode === 'NOT_FOUND') return new AppError('not_found', 'not_found', 'There is nothing at this address.')
  if (elysiaCode === 'PARSE') return invalid('invalid_body', 'The body could not be read.')
  if (isUnavailable(error))
    return unavailable('dependency_unavailable', 'Something this needs is not available; try again in a moment.', error)
  return new AppError('failed', 'internal_error', 'Something went wrong on our side.', { cause: error })
}

const problemBody = ({ kind, code, message, errors }: AppError) => {
  const status = statusOf[kind]
  return {
    type: 'about:blank',
    title: statusTitles[status],
    status,
    code,
    detail: message,
    request_id: currentContext().requestId,
    ...(errors && { errors }),
  }
}

export const problemResponse = (error: AppError, headers: Record<string, string>) => {
  const status = statusOf[error.kind]
  const retryAfter = error.retryAfter ?? (status === 503 || status === 429 ? 1 : undefined)
  return new Response(JSON.stringify(problemBody(error)), {
    status,
    headers: {
      ...headers,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(error.allow !== undefined && { allow: error.allow }),
      ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
    },
  })
}
