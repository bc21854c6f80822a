import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { released } from '#shared/platform'
import { eventDocument } from './generate/asyncapi'
import { compose, simpleCompose } from './generate/compose'
import { architecture, docsPage, readme } from './generate/documents'
import { composeUpstreams, direct, localUpstreams, resources, simpleUpstreams } from './generate/gateway'
import { kustomization, kustomizations, prometheus, secretsExample } from './generate/kubernetes'
import { openApi } from './generate/openapi'
import { problems } from './generate/problems'
import { root } from './install'
import { written as json, postmanFiles } from './postman/collection'

/**
 * Every file that follows from others, whole or between markers, with a function that makes its text from the present one. What each service adds
 * comes from shared/platform.ts, the picture of an order's states from its domain, the documents of the routes and of the events from the services
 * and shared/catalog, and the Postman collection from scripts/postman. The client (sdk/) comes last: it follows from the document of the routes.
 */
const generators: Record<string, (text: string) => string | Promise<string>> = {
  'docker-compose.yml': compose,
  'docker-compose.simple.yml': simpleCompose,
  'deploy/kubernetes/kustomization.yaml': kustomizations,
  'deploy/kubernetes/secrets.example.yaml': secretsExample,
  ...Object.fromEntries(released.map(name => [`deploy/kubernetes/services/${name}/kustomization.yaml`, () => kustomization(name)])),
  'deploy/monitoring/prometheus.yml': prometheus,
  'gateway/upstreams/local.conf': localUpstreams,
  'gateway/upstreams/compose.conf': composeUpstreams,
  'gateway/upstreams/simple.conf': simpleUpstreams,
  'gateway/direct.conf': direct,
  'gateway/nginx.conf': resources,
  'gateway/docs.html': docsPage,
  'gateway/docs/asyncapi.json': eventDocument,
  'shared/docs/problems.json': problems,
  'gateway/docs/openapi.json': openApi,
  'docs/architecture.md': architecture,
  'README.md': readme,
  ...Object.fromEntries(Object.entries(postmanFiles).map(([name, content]) => [`postman/${name}`, () => json(content)])),
}

export type Generated = { path: string; present: string; text: string }

/** One file after the other, since some are made from others: the caller may write each before it asks for the next. */
async function* generated(folder: string): AsyncGenerator<Generated> {
  for (const [path, textFrom] of Object.entries(generators)) {
    const file = join(folder, path)
    const present = existsSync(file) ? readFileSync(file, 'utf8') : ''
    try {
      yield { path, present, text: await textFrom(present) }
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : error}`)
    }
  }
}

export const generate = (folder = root): Promise<Generated[]> => Array.fromAsync(generated(folder))

/** Writes the files that are not current, and returns their paths. */
export const writeGenerated = async (folder = root): Promise<string[]> => {
  const written: string[] = []
  for await (const { path, present, text } of generated(folder)) {
    if (present === text) continue
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    written.push(path)
  }
  return written
}

if (import.meta.main) {
  try {
    const { writeSdk } = await import('./generate/sdk')
    const written = [...(await writeGenerated()), ...(await writeSdk(root))]
    console.log(written.length > 0 ? `written: ${written.join(', ')}` : 'Everything is current.')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
