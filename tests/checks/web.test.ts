import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { buildInto, scriptBytes } from '../../scripts/web/build'
import { type Site, sites } from '../../scripts/web/pages'
import { filesIn, textOf } from './files'

const folder = join(mkdtempSync(join(tmpdir(), 'pages-')), 'pages')
beforeAll(() => buildInto(folder), 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const names = Object.keys(sites) as Site[]

describe.each(names)('the pages of %s', site => {
  const read = (path: string) => readFileSync(join(folder, site, path))

  test('load nothing from elsewhere and have no script or style of their own, so the strictest policy fits them', () => {
    const html = read('index.html').toString()
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address)
    expect(addresses.length).toBeGreaterThan(2)
    expect(addresses.filter(address => !address.startsWith(`${sites[site]}assets/`))).toEqual([])
    expect(html).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*\bsrc=)/)
  })

  test('have names that change with their content, and a compressed copy beside each', () => {
    const files = readdirSync(join(folder, site, 'assets')).filter(name => !name.endsWith('.gz'))
    expect(files.filter(name => !/-[a-z0-9]{8}\.\w+(\.map)?$/.test(name))).toEqual([])
    for (const name of files) expect(gunzipSync(read(`assets/${name}.gz`)).equals(read(`assets/${name}`))).toBe(true)
    expect(existsSync(join(folder, site, 'index.html.gz'))).toBe(true)
  })
})

// What a visitor loads of a site's scripts if every page of it is opened, as it is sent.
test.each([
  ['shop', 54_000],
  ['admin', 100_000],
  ['control', 60_000],
] as const)('the scripts of %s are at most %d bytes', (site, limit) => {
  expect(scriptBytes(folder, site)).toBeLessThanOrEqual(limit)
})

const pages = filesIn('web', '**/*.{ts,tsx}')

test('a page, and each part of the kit, has at most 200 lines', () => {
  const long = pages.filter(file => !file.includes('/words/') && textOf(file).split('\n').length > 201)
  expect(long.map(file => `${file} has more than 200 lines: split it by what it shows`)).toEqual([])
})

test('no page writes HTML from text', () => {
  const smell = /dangerouslySetInnerHTML|\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function/
  expect(pages.filter(file => smell.test(textOf(file)))).toEqual([])
})

test('a page knows the browser alone: nothing of Bun, the services or the kernel', () => {
  const foreign = /\bBun\.|\bprocess\.|from '(node:|bun|#services|#shared|(\.\.\/)+(services|shared|scripts)\/)/
  expect(pages.filter(file => foreign.test(textOf(file)))).toEqual([])
})

test('the three sites share only the kit', () => {
  const across = pages.filter(file => {
    const [, site = ''] = file.split('/')
    const others = names.filter(name => name !== site).join('|')
    return new RegExp(`from '(\\.\\./)+(${others})/`).test(textOf(file))
  })
  expect(across).toEqual([])
})
