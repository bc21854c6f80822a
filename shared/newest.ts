interface Options<Item> {
  keyOf(item: Item): string
  versionOf(item: Item): number
}

/** Of the items with one key, that with the highest version, each key at its first place. Of two with one version, the first stays. */
export const newestOf = <Item>(items: readonly Item[], { keyOf, versionOf }: Options<Item>): Item[] => {
  const newest = new Map<string, Item>()
  for (const item of items) {
    const known = newest.get(keyOf(item))
    if (known === undefined || versionOf(known) < versionOf(item)) newest.set(keyOf(item), item)
  }
  return [...newest.values()]
}
