/** Calls `onLine` for each line of a process's output; resolves when the output ends. */
export async function eachLine(output: ReadableStream<Uint8Array>, onLine: (line: string) => void) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of output) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(onLine)
  }
  if (rest) onLine(rest)
}
