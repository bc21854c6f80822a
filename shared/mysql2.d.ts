declare module 'mysql2' {
  /** The types of mysql2 lack it. */
  export function setMaxParserCache(max: number): void
}

export {}
