/** The forms in which a text may stand somewhere. All are sought regardless of the case of ASCII letters. */
export const formsOf = (text: string): Buffer[] => {
  const spellings = [...new Set([text, text.toLowerCase(), text.toUpperCase(), text.normalize('NFD'), text.normalize('NFKC')])]
  const escaped = (special: RegExp, written: (code: number) => string) =>
    spellings.map(one => one.replaceAll(special, char => written(char.charCodeAt(0))))
  const hex = (code: number, length: number) => code.toString(16).padStart(length, '0')
  const bytes = spellings.flatMap(one => [Buffer.from(one), Buffer.from(one, 'utf16le'), Buffer.from(one, 'utf16le').swap16()])
  const texts = [
    ...escaped(/[^ -~]/g, code => `\\u${hex(code, 4)}`),
    ...escaped(/[^\w -]/g, code => `\\u${hex(code, 4)}`),
    ...spellings.map(inJson),
    ...spellings.map(one => inJson(one).replaceAll(/[^ -~]/g, char => `\\u${hex(char.charCodeAt(0), 4)}`)),
    // As in form fields, and as browsers write an address.
    ...spellings.map(encodeURIComponent),
    ...spellings.map(encodeURI),
    ...spellings.map(one => new URLSearchParams({ q: one }).toString().slice(2)),
    ...spellings.map(Bun.escapeHTML),
    ...escaped(/["&'<>]/g, code => `&#${code};`),
    ...spellings.map(one => Buffer.from(one).toString('hex')),
    ...spellings.map(quotedPrintable),
  ]
  const all = [...bytes, ...bytes.flatMap(base64Forms), ...texts.map(one => Buffer.from(one))]
  return [...new Map(all.map(one => [lower(one).toString('latin1'), one])).values()]
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1)

/** What stays the same of a text in base64, whichever of the three alignments it has there, in both alphabets. */
const base64Forms = (bytes: Buffer): Buffer[] =>
  [0, 1, 2].flatMap(before => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes])
    const inner = (form: 'base64' | 'base64url') =>
      Buffer.from(padded.toString(form).slice(Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6)))
    return [inner('base64'), inner('base64url')]
  })

const quotedPrintable = (text: string) =>
  [...Buffer.from(text)]
    .map(byte => (byte > 126 || byte === 61 ? `=${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte)))
    .join('')

const lowered = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))
const lower = (bytes: Uint8Array) => Buffer.from(bytes.map(byte => lowered[byte] ?? 0))

/** Finds which of many names have one of their forms in some bytes. One look at each byte, however many forms there are. */
export const finder = (names: Record<string, string>) => {
  const byStart = new Map<number, { name: string; form: Buffer }[]>()
  const starts = new Uint8Array(1 << 24)
  for (const [name, text] of Object.entries(names))
    for (const form of formsOf(text).map(lower)) {
      const start = form.readUIntBE(0, 3)
      starts[start] = 1
      byStart.set(start, [...(byStart.get(start) ?? []), { name, form }])
    }
  return (bytes: Uint8Array): string[] => {
    const found = new Set<string>()
    let last = 0
    for (let at = 0; at < bytes.length; at++) {
      last = ((last << 8) | (lowered[bytes[at] ?? 0] ?? 0)) & 0xffffff
      if (starts[last] === 0) continue
      for (const { name, form } of byStart.get(last) ?? [])
        if (!found.has(name) && lower(bytes.subarray(at - 2, at - 2 + form.length)).equals(form)) found.add(name)
    }
    return [...found]
  }
}
