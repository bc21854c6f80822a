import { type Indexed, idBytes } from './domain'

/**
 * The immutable part of the index, in one buffer: what is written to a snapshot, handed to a worker and searched is the same bytes. Terms
 * are sorted, and so are products, by id. Only the columns of a product's standing, its price included, change in place.
 */

const kinds = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f64: Float64Array,
  u64: BigUint64Array,
} as const

/** Each section of the buffer and the form of its numbers. Texts are UTF-8. */
const sections = {
  offsets: 'u32',
  postings: 'u32',
  terms: 'u8',
  ids: 'u8',
  names: 'u8',
  nameOffsets: 'u32',
  nameRank: 'u32',
  nameLength: 'u8',
  price: 'f64',
  currency: 'u16',
  available: 'i32',
  rating: 'f64',
  ratings: 'u32',
  popularity: 'f64',
  created: 'f64',
  fingerprint: 'u64',
  categoryOffsets: 'u32',
  categoryCodes: 'u32',
  tagOffsets: 'u32',
  tagCodes: 'u32',
} as const
type Sections = typeof sections
export type Arrays = { [Name in keyof Sections]: InstanceType<(typeof kinds)[Sections[Name]]> }

/** What the codes stand for. */
export interface Tables {
  currencies: string[]
  categories: string[]
  tags: string[]
  /** The names of categories that have products of their own, by id. */
  categoryNames: Record<string, string>
}
interface Header {
  form: typeof form
  size: number
  tables: Tables
  at: Record<string, [from: number, length: number]>
}

/** Grows when the layout changes: a snapshot of another form is not read but built anew. */
export const form = 1
/** A posting is a product's number and eight bits of impact. */
export const mostProducts = 2 ** 24

export interface Segment extends Tables {
  size: number
  buffer: ArrayBuffer
  arrays: Arrays
  terms: string[]
}

const names = Object.keys(sections) as (keyof Sections)[]
const padded = (bytes: number) => Math.ceil(bytes / 8) * 8

export const packSegment = (size: number, arrays: Arrays, tables: Tables): ArrayBuffer => {
  const at: Header['at'] = {}
  let end = 0
  for (const name of names) {
    at[name] = [end, arrays[name].length]
    end += padded(arrays[name].byteLength)
  }
  const header = new TextEncoder().encode(JSON.stringify({ form, size, tables, at } satisfies Header))
  const start = padded(8 + header.length)
  const buffer = new ArrayBuffer(start + end)
  new Uint32Array(buffer, 0, 2).set([header.length, start])
  new Uint8Array(buffer, 8, header.length).set(header)
  for (const name of names) {
    const { buffer: source, byteOffset, byteLength } = arrays[name]
    new Uint8Array(buffer, start + (at[name]?.[0] ?? 0), byteLength).set(new Uint8Array(source, byteOffset, byteLength))
  }
  return buffer
}

/** Undefined if the bytes are of another form of the index. */
export const openSegment = (buffer: ArrayBuffer): Segment | undefined => {
  const [length = 0, start = 0] = new Uint32Array(buffer, 0, 2)
  const header: Header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)))
  if (header.form !== form) return undefined
  const view = (name: keyof Sections) => {
    const [from = 0, count = 0] = header.at[name] ?? []
    return new kinds[sections[name]](buffer, start + from, count)
  }
  const arrays = Object.fromEntries(names.map(name => [name, view(name)])) as Arrays
  const text = new TextDecoder().decode(arrays.terms)
  return { size: header.size, buffer, arrays, terms: text === '' ? [] : text.split('\n'), ...header.tables }
}

export const emptySegment = (): Segment => {
  const arrays = Object.fromEntries(names.map(name => [name, new kinds[sections[name]](name.endsWith('ffsets') ? 1 : 0)])) as Arrays
  const opened = openSegment(packSegment(0, arrays, { currencies: [], categories: [], tags: [], categoryNames: {} }))
  if (!opened) throw new Error('an empty segment has the present form')
  return opened
}

export const writeId = (ids: Uint8Array, doc: number, id: string) => {
  for (let at = 0; at < idBytes; at++) ids[doc * idBytes + at] = Number.parseInt(id.slice(2 * at, 2 * at + 2), 16)
}
export const readId = (ids: Uint8Array, doc: number): string =>
  Buffer.from(ids.subarray(doc * idBytes, (doc + 1) * idBytes)).toString('hex')

/** The number of a product in the segment, or -1. */
export const docOf = ({ size, arrays: { ids } }: Segment, id: string): number => {
  let [low, high] = [0, size - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = readId(ids, middle)
    if (found === id) return middle
    if (found < id) low = middle + 1
    else high = middle - 1
  }
  return -1
}

const decoder = new TextDecoder()
/** By what products are sorted by name. */
export const nameKey = ({ name }: Pick<Indexed, 'name'>): string => name.toLowerCase()
export const nameKeyAt = ({ arrays: { names, nameOffsets } }: Segment, doc: number): string =>
  decoder.decode(names.subarray(nameOffsets[doc], nameOffsets[doc + 1]))
