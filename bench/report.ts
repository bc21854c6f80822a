import { cpus, totalmem } from 'node:os'
import elysia from 'elysia/package.json'
import type { Row } from './measure'

export interface Measured {
  name: string
  rows: Row[]
  /** Why rows are missing. */
  skipped?: string
}

const colour = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)

export const rowText = ({ what, ours, limit, result, goal, met, costs }: Row) =>
  [
    `${met ? paint(32, '✓') : paint(33, '✗')} ${what}: ${paint(1, result)} (goal ${goal})`,
    `    ${ours}${limit === '–' ? '' : ` against ${limit}`}`,
    ...(met ? [] : [`    the cost: ${costs}`]),
  ].join('\n')

const versionOf = (command: string[], pattern: RegExp) => {
  try {
    const { stdout, stderr } = Bun.spawnSync(command)
    return pattern.exec(`${stdout}${stderr}`)?.[1] ?? '?'
  } catch {
    return '?'
  }
}

const machine = (programs: { nginx: string; mysql: string; mongo: string; redis: string }) => {
  const [cpu] = cpus()
  const model = cpu?.model && cpu.model !== 'unknown' ? cpu.model : versionOf(['lscpu'], /Model name:\s*(.+)/)
  return [
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${cpus().length} cores of ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB of memory; client, services and servers share them`,
    `- Bun ${Bun.version}, Elysia ${elysia.version}, Nginx ${versionOf([programs.nginx, '-v'], /nginx\/([\d.]+)/)}, ${versionOf([programs.mysql, '--no-defaults', '--version'], /(\d+\.\d+\.\d+(?:-MariaDB)?)/)} (MySQL or MariaDB), MongoDB ${versionOf([programs.mongo, '--version'], /v([\d.]+)/)}, Redis ${versionOf([programs.redis, '--version'], /v=([\d.]+)/)}`,
  ]
}

export const markdown = (measured: readonly Measured[], programs: Parameters<typeof machine>[0]) => {
  const rows = measured.flatMap(({ rows }) => rows)
  const cells = rows.map(
    ({ what, ours, limit, result, goal, met }) => `| ${[what, ours, limit, result, goal, met ? 'yes' : 'no'].join(' | ')} |`,
  )
  const missed = rows.filter(({ met }) => !met).map(({ what, costs }) => `- **${what}**: ${costs}`)
  const skipped = measured.flatMap(({ name, skipped }) => (skipped ? [`- ${name}: ${skipped}`] : []))
  return [
    '# What it costs',
    '',
    'Written by `bun run bench`. Each figure stands beside its limit, the cheapest way to do the same work, measured in turns with ours in the same run; medians of the rounds.',
    '',
    ...machine(programs),
    '',
    '| what | ours | limit | result | goal | met |',
    '|---|---|---|---|---|---|',
    ...cells,
    ...(missed.length > 0 ? ['', '## Where the cost lies when a goal is missed', '', ...missed] : []),
    ...(skipped.length > 0 ? ['', '## Not measured', '', ...skipped] : []),
    '',
  ].join('\n')
}
