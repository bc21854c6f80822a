import type { Decisions } from './decisions'

/** A function, broken on purpose in a way that a person could break it. */

export interface Break {
  function: keyof Decisions
  /** What the platform would do then. */
  so: string
  /** The plan with which it is found. */
  in: string
  broken(real: Decisions): Partial<Decisions>
  /** A part of the promise that it breaks. */
  found: string
}
export const broken = <Name extends keyof Decisions>(
  name: Name,
  found: string,
  plan: string,
  so: string,
  by: (real: Decisions[Name]) => Decisions[Name],
): Break => ({ function: name, so, in: plan, found, broken: real => ({ [name]: by(real[name]) }) })
