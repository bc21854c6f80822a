import type { Static, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'

/** A column that holds JSON as text. What is read is checked, so that a row of another release fails here and not somewhere later. */
export const jsonColumn = <S extends TSchema>(schema: S) => {
  // Compiled at the first use: a service starts without paying for it.
  let compiled: TypeCheck<S> | undefined
  return {
    read(text: string): Static<S> {
      compiled ??= TypeCompiler.Compile(schema)
      const value: unknown = JSON.parse(text)
      if (compiled.Check(value)) return value
      const fault = compiled.Errors(value).First()
      throw new Error(`a JSON column holds what its schema does not allow: ${fault?.path || '/'}: ${fault?.message}`)
    },
    write: (value: Static<S>): string => JSON.stringify(value),
  }
}
export type JsonColumn<S extends TSchema> = ReturnType<typeof jsonColumn<S>>
