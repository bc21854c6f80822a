import type { Static, TSchema } from '@sinclair/typebox'
import { checker } from '../checker'

/** A column with JSON as text. Its schema is checked when it is read, so that a row of another release fails here and not later. */
export const jsonColumn = <S extends TSchema>(schema: S) => {
  const { check, problem } = checker(schema)
  return {
    read(text: string): Static<S> {
      const value: unknown = JSON.parse(text)
      if (check(value)) return value
      throw new Error(`a JSON column does not match its schema: ${problem(value)}`)
    },
    write: (value: Static<S>): string => JSON.stringify(value),
  }
}
export type JsonColumn<S extends TSchema> = ReturnType<typeof jsonColumn<S>>
