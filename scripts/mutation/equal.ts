/** A change of a pure file that no test can notice, since what the code does stays the same. */
export interface Equal {
  file: string
  /** As the report writes it: `before → after`. */
  change: string
  reason: string
}

export const equal: readonly Equal[] = []
