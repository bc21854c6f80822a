/** The word for a value of the API; an unknown one is shown as it is. */
export const oneOf =
  (known: Record<string, string>) =>
  (value: string): string =>
    known[value] ?? value.replaceAll('_', ' ')

/** The text for a code; none for one that is not known. */
export const textFor =
  (known: Record<string, string>) =>
  (code: string): string =>
    known[code] ?? ''
