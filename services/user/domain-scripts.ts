/** Scripts that are written together; every other script stands alone. */
const together = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Hangul'],
  ['Latin', 'Han', 'Bopomofo'],
]
const alone = [
  ...['Arabic', 'Armenian', 'Bengali', 'Cherokee', 'Cyrillic', 'Devanagari', 'Ethiopic', 'Georgian', 'Greek', 'Gujarati', 'Gurmukhi'],
  ...['Hebrew', 'Kannada', 'Khmer', 'Lao', 'Malayalam', 'Mongolian', 'Myanmar', 'Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thai', 'Tibetan'],
]
const allowed = [...together, ...alone.map(script => [script])].map(scripts => {
  const letters = [...scripts, 'Common', 'Inherited'].map(script => `\\p{scx=${script}}`).join('')
  return new RegExp(`^[${letters}]*$`, 'u')
})

/** Whether a name has letters of several scripts, as the Latin "paypal" with a Cyrillic "а" has. Scripts not listed above are refused too. */
export const mixesScripts = (name: string): boolean => !allowed.some(letters => letters.test(name))
