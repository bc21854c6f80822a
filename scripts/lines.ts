/** The lines of a stream of bytes. Only \n ends a line: text may contain the separators that Unicode has beside it. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of bytes) {
    const [first = '', ...others] = decoder.decode(piece, { stream: true }).split('\n')
    rest += first
    for (const next of others) {
      yield rest
      rest = next
    }
  }
  if (rest) yield rest
}

/** Calls `onLine` for each line of a process's output; resolves when the output ends. */
export async function eachLine(output: ReadableStream<Uint8Array>, onLine: (line: string) => void) {
  for await (const line of linesOf(output)) onLine(line)
}
