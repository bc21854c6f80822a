/** Where a small text is kept between visits. On a server it may be a row of your own database. */
export interface Store {
  read(): string | undefined | Promise<string | undefined>
  /** Undefined deletes it. */
  write(text: string | undefined): void | Promise<void>
}

export const memoryStore = (text?: string): Store => ({
  read: () => text,
  write(next) {
    text = next
  },
})

/** In `localStorage`, so that all tabs and later visits share it; in memory where the browser forbids that. */
export const browserStore = (key: string): Store => {
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
