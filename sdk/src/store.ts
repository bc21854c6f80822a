/** Where a small text is kept between visits. On a server it may be a row of your own database. */
export interface Store {
  read(): string | undefined | Promise<string | undefined>
  /** Undefined deletes it. */
  write(text: string | undefined): void | Promise<void>
}

/** A store that answers at once. */
interface NearStore extends Store {
  read(): string | undefined
  write(text: string | undefined): void
}

export const memoryStore = (text?: string): NearStore => ({
  read: () => text,
  write(next) {
    text = next
  },
})

/** In `localStorage`, so that all tabs and later visits share it; in memory where the browser forbids that. */
export const browserStore = (key: string): NearStore => {
  const memory = memoryStore()
  return {
    read() {
      try {
        return localStorage.getItem(key) ?? undefined
      } catch {
        return memory.read()
      }
    },
    write(text) {
      memory.write(text)
      try {
        if (text === undefined) localStorage.removeItem(key)
        else localStorage.setItem(key, text)
      } catch {}
    },
  }
}
