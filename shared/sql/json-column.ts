import type { Static, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'

/** A column with JSON as text. Its schema is checked when it is read, so that a row of another release fails here and not later. */
export const jsonColumn = <S extends TSchema>(schema: S) => {
  // Compiled at the first use, so that it does not slow the start.
  let compiled: TypeCheck<S> | undefined
  return {
    read(text: string): Static<S> {
      compiled ??= TypeCompiler.Compile(schema)
      const value: unknown = JSON.parse(text)
      if (compiled.Check(value)) return value
      const fault = compiled.Errors(value).First()
      throw new Error(`a JSON column does not match its schema: ${fault?.path || '/'}: ${fault?.message}`)
    },
    write: (value: Static<S>): string => JSON.stringify(value),
  }
}
export type JsonColumn<S extends TSchema> = ReturnType<typeof jsonColumn<S>>
