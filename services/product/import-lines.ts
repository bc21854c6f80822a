import { parse } from 'csv-parse/sync'
import { checker } from '#shared/checker'
import { AppError, invalid } from '#shared/errors'
import { sane } from '#shared/http'
import { unescapeFormula } from './csv-formulas'
import type { ProductInput } from './domain'
import { ImportedProduct } from './model'

export const maxBytes = 64 * 1024 * 1024
/** More than any product that the other routes accept takes in CSV, where quotes are doubled. */
export const maxLineBytes = 4 * 1024 * 1024

/** A line of the file, counted from 1: the product that it describes, or what is wrong with it. */
export type ImportLine = { line: number; bytes: number; input: ProductInput } | { line: number; fault: AppError }
/** Without bytes the record exceeds `maxLineBytes`. */
interface RawRecord {
  line: number
  bytes?: Uint8Array
}
export type ImportFormat = 'ndjson' | 'csv'

const newline = 10
const quote = 34
const comma = 44

/** The index of the newline that ends the record, outside any quoted CSV cell; -1 if it has not arrived yet. */
const endOfRecord = (bytes: Uint8Array, from: number, format: ImportFormat, last: boolean): number => {
  let quoted = false
  if (format === 'ndjson') {
    const end = bytes.indexOf(newline, from)
    return end === -1 && last ? bytes.length : end
  }
  const stop = Math.min(bytes.length, from + maxLineBytes + 1)
  for (let at = from; at < stop; at++) {
    const byte = bytes[at]
    if (byte === quote && (quoted || at === from || bytes[at - 1] === comma || bytes[at - 1] === quote)) quoted = !quoted
    else if (byte === newline && !quoted) return at
  }
  return last && !quoted && stop === bytes.length ? bytes.length : -1
}

/** Cuts a stream into records and holds one at a time. Of a record that is too long it skips the first line and continues with the next. */
export async function* splitRecords(chunks: AsyncIterable<Uint8Array>, format: ImportFormat): AsyncGenerator<RawRecord> {
  let held: Uint8Array = new Uint8Array()
  let line = 1
  let skipping = false
  let total = 0
  function* cut(last: boolean): Generator<RawRecord> {
    let from = 0
    while (from < held.length) {
      if (skipping) {
        const lineEnd = held.indexOf(newline, from)
        from = lineEnd === -1 ? held.length : lineEnd + 1
        if (lineEnd !== -1) {
          skipping = false
          line++
        }
        continue
      }
      const end = endOfRecord(held, from, format, last)
      if (end !== -1 && end - from <= maxLineBytes) {
        const bytes = held.subarray(from, end)
        yield { line, bytes }
        line++
        if (format === 'csv') for (const byte of bytes) if (byte === newline) line++
        from = end + 1
      } else if (last || end !== -1 || held.length - from > maxLineBytes) {
        yield { line }
        skipping = true
      } else break
    }
    held = held.slice(from)
  }
  for await (const chunk of chunks) {
    total += chunk.length
    if (total > maxBytes)
      throw new AppError(
        'too_large',
        'payload_too_large',
        'An import can have at most 64 MiB. The lines before that are stored; send the rest as another import.',
      )
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    yield* cut(false)
  }
  yield* cut(true)
}

const { check, fault: faultOf } = checker(ImportedProduct)
const decoder = new TextDecoder('utf-8', { fatal: true })

const productOf = (value: unknown): ProductInput => {
  if (!sane(value)) throw invalid('invalid_text', 'The line contains a NUL character or a forbidden key, or is nested too deeply.')
  if (!check(value)) {
    const fault = faultOf(value)
    const path = fault && /^[\w/]{1,120}$/.test(fault.path) ? fault.path : '/'
    throw invalid('invalid_input', `${path}: ${fault?.message ?? 'does not match the schema'}`)
  }
  const { id: _id, category_ids: _path, status: _status, rating: _rating, created_at: _created, updated_at: _updated, ...input } = value
  return input
}

const cellsOf = (text: string): string[] => {
  try {
    return parse(text, { relax_column_count: true })[0] ?? []
  } catch {
    throw invalid('invalid_csv', 'The line is not valid CSV; check its quotes.')
  }
}

export const importColumns = [
  'sku',
  'name',
  'description',
  'price',
  'currency',
  'category',
  'tax_class',
  'stock',
  'attributes',
  'images',
  'tags',
  'variants',
] as const
const readOnly = ['id', 'category_ids', 'status', 'created_at', 'updated_at']
const numbers = new Set(['price', 'stock'])
const structured = new Set(['attributes', 'images', 'tags', 'variants'])

const fromCsv = (header: readonly string[], cells: readonly string[]): unknown => {
  if (cells.length !== header.length)
    throw invalid('invalid_csv', `The line has ${cells.length} cells, but the header has ${header.length}.`)
  const fields = header.flatMap((column, at): [string, unknown][] => {
    const cell = cells[at] ?? ''
    if (readOnly.includes(column) || (cell === '' && column !== 'description')) return []
    if (numbers.has(column)) return [[column, /^\d{1,16}(\.\d{1,4})?$/.test(cell) ? Number(cell) : cell]]
    return [[column, structured.has(column) ? jsonOf(cell) : unescapeFormula(cell)]]
  })
  return Object.fromEntries(fields)
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('invalid_json', 'The text is not valid JSON.')
  }
}

const headerOf = (cells: string[]): string[] => {
  const names = cells.map(cell => cell.trim().toLowerCase())
  const unknown = names.some(name => ![...importColumns, ...readOnly].includes(name))
  if (unknown || new Set(names).size < names.length || !names.includes('sku'))
    throw invalid(
      'invalid_header',
      `The first line must name the columns. Possible columns: ${[...importColumns, ...readOnly].join(', ')}.`,
    )
  return names
}

/** Reads a file line by line. A faulty line is yielded with its fault, and the lines after it are still read. */
export async function* importLines(chunks: AsyncIterable<Uint8Array>, format: ImportFormat): AsyncGenerator<ImportLine> {
  let header: string[] | undefined
  for await (const { line, bytes } of splitRecords(chunks, format)) {
    try {
      if (!bytes)
        throw invalid('line_too_long', `The line is longer than ${maxLineBytes / 1024 / 1024} MiB, or a quote in it is never closed.`)
      const text = textOf(bytes)
      if (text.trim() === '') continue
      if (format === 'ndjson') yield { line, bytes: bytes.length, input: productOf(jsonOf(text)) }
      else if (header) yield { line, bytes: bytes.length, input: productOf(fromCsv(header, cellsOf(text))) }
      else header = headerOf(cellsOf(text))
    } catch (error) {
      if (!(error instanceof AppError) || (format === 'csv' && !header)) throw error
      yield { line, fault: error }
    }
  }
}

const textOf = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes).replace(/\r$/, '')
  } catch {
    throw invalid('invalid_utf8', 'The line is not UTF-8.')
  }
}
