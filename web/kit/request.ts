/** What a request takes along. */
export interface Sent {
  body?: unknown
  signal?: AbortSignal | undefined
  /** Their names in small letters. */
  headers?: Record<string, string>
}

/** The JSON of an answer; null for an answer without a body. */
export const bodyOf = async <T>(response: Response): Promise<T> => JSON.parse((await response.text()) || 'null')
