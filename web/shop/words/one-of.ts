/** The word for a value of the API; an unknown one is shown as it is. */
export const oneOf =
  (known: Record<string, string>) =>
  (value: string): string =>
    known[value] ?? value.replaceAll('_', ' ')
