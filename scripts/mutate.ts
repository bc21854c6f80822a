import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { installPackages, root } from './install'

const usage = `bun run mutate [part of a file's path...]
  Changes one place of the pure files at a time (services/*/domain*.ts, and money and addresses of the kernel), runs the pure tests beside them,
  and lists the changes that no test notices. Fails when less than 90 % are noticed. Works on copies in .data/mutate.`

const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true })

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort(new Error('interrupted')))

async function main() {
  if (values.help) return console.log(usage)
  await installPackages(console.log)
  const { pureFiles } = await import('./mutation/files')
  const { mutate } = await import('./mutation/stryker')
  const { failure, resultOf, summary, total } = await import('./mutation/report')

  const groups = pureFiles(positionals)
  if (groups.length === 0) throw new Error(`no pure file's path has ${positionals.join(' or ')}`)
  const began = performance.now()
  const results = []
  for (const group of groups) {
    const mutants = await mutate(group, interrupted.signal)
    for (const file of group.files) {
      const result = resultOf(file, readFileSync(file, 'utf8'), mutants)
      console.log(`${file}: ${summary(result)}`)
      for (const change of result.unnoticed) console.log(`  ${change}`)
      results.push(result)
    }
  }
  const all = total(results)
  console.log(`All: ${summary(all)}, in ${Math.ceil((performance.now() - began) / 60_000)} min`)
  const wrong = failure(all)
  if (wrong) throw new Error(wrong)
}

process.chdir(root)
main().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
