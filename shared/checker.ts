import type { Static, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'

/** Compares values with a schema, which is compiled at the first use: compiling those that a service seldom needs would slow its start. */
export const checker = <S extends TSchema>(schema: S) => {
  let compiled: TypeCheck<S> | undefined
  const compile = () => {
    compiled ??= TypeCompiler.Compile(schema)
    return compiled
  }
  /** The first thing that is wrong with a value; undefined when nothing is. */
  const fault = (value: unknown) => (compile().Check(value) ? undefined : compile().Errors(value).First())
  return {
    check: (value: unknown): value is Static<S> => compile().Check(value),
    fault,
    /** The fault in words. */
    problem(value: unknown): string | undefined {
      const found = fault(value)
      return found && `${found.path || '/'}: ${found.message}`
    },
  }
}
