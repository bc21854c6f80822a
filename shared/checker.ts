import type { Static, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'

/** Compares values with a schema, which is compiled at the first use: compiling those that a service seldom needs would slow its start. */
export const checker = <S extends TSchema>(schema: S) => {
  let compiled: TypeCheck<S> | undefined
  const compile = () => {
    compiled ??= TypeCompiler.Compile(schema)
    return compiled
  }
  return {
    check: (value: unknown): value is Static<S> => compile().Check(value),
    /** The first thing that is wrong with a value; undefined when nothing is. */
    problem(value: unknown): string | undefined {
      if (compile().Check(value)) return undefined
      const first = compile().Errors(value).First()
      return first && `${first.path || '/'}: ${first.message}`
    },
  }
}
