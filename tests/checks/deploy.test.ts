import { describe, expect, test } from 'bun:test'
import * as catalog from '#shared/catalog'
import { readConfig, settings } from '#shared/config'
import { createMetrics } from '#shared/metrics'
import { released, serviceInfo, services } from '#shared/platform'
import { type Compose, commonSettings, composeOf, documentsOf, settingsReadIn, yamlOf } from './deployment'
import { exists, filesIn, textOf } from './files'

/** Manifests, alerts and the operator's page against the code. Each test lists what does not fit. */

interface Kustomization {
  namePrefix?: string
  resources: string[]
  labels?: { pairs: { app: string }; includeSelectors: boolean }[]
  images?: { name: string; newName: string }[]
  patches?: { target: { kind: string }; patch: string }[]
}
interface Manifest {
  kind: string
  metadata: { name: string }
  spec: Record<string, unknown>
  stringData?: Record<string, string>
}
interface Pod {
  topologySpreadConstraints: { labelSelector?: { matchLabels: { app: string } } }[]
  terminationGracePeriodSeconds: number
  containers: {
    name: string
    image: string
    ports: { name: string; containerPort: number }[]
    env: { name: string }[]
    envFrom?: { secretRef?: { name: string } }[]
    resources: { limits: { memory: string } }
    lifecycle: { preStop: { exec: { command: string[] } } }
    [probe: `${string}Probe`]: { httpGet: { path: string; port: string }; timeoutSeconds?: number }
  }[]
}
const folder = 'deploy/kubernetes'
const manifests = (file: string) => documentsOf<Manifest>(`${folder}/${file}`)
const podOf = (deployment?: Manifest) => (deployment?.spec.template as { spec: Pod } | undefined)?.spec
const kustomizationOf = (path: string) => yamlOf<Kustomization>(`${folder}/${path}kustomization.yaml`)

describe('kubernetes', () => {
  const [deployment, service] = manifests('service/service.yaml')
  const pod = podOf(deployment)
  const container = pod?.containers[0]

  test('every manifest parses, and every resource exists', () => {
    const files = filesIn(folder, '**/*.yaml')
    expect(files.filter(file => documentsOf<Manifest>(file).some(document => !document.kind))).toEqual([])
    const missing = released.filter(name => !exists(`${folder}/services/${name}/kustomization.yaml`))
    expect(missing.map(name => `run \`bun run generate\` for ${folder}/services/${name}`)).toEqual([])
    const named = ['', 'service/', ...released.map(name => `services/${name}/`)].flatMap(path =>
      kustomizationOf(path).resources.map(resource => `${folder}/${path}${resource}`),
    )
    expect(named.filter(path => !exists(path) && !exists(`${path}/kustomization.yaml`))).toEqual([])
    const listed = kustomizationOf('').resources.filter(path => path.startsWith('services/'))
    expect(listed.sort()).toEqual(released.map(name => `services/${name}`).sort())
  })

  test.each([...released])('%s has its name, port, image and secret', name => {
    const { namePrefix, labels, images, patches = [] } = kustomizationOf(`services/${name}/`)
    const { port, store, secrets = [] } = serviceInfo(name)
    const patched = Object.fromEntries(patches.map(({ target, patch }) => [target.kind, patch]))
    expect([`${namePrefix}${service?.metadata.name}`, labels?.[0]?.pairs.app]).toEqual([`${name}-service`, name])
    expect(images).toEqual([expect.objectContaining({ name: container?.image, newName: `shop-platform/${name}` })])
    expect(patched.Deployment).toContain(`ports/0/containerPort, value: ${port} }`)
    expect(patched.Service).toContain(`ports/0/port, value: ${port} }`)
    expect(patched.PodDisruptionBudget).toContain(`app: ${name} `)
    // Pods are spread over nodes by their own label: without one, the constraint counts no pod.
    expect(pod?.topologySpreadConstraints).toHaveLength(1)
    expect(patched.Deployment).toContain(`topologySpreadConstraints/0/labelSelector, value: { matchLabels: { app: ${name} } }`)
    const secret = manifests('secrets.example.yaml').find(({ metadata }) => metadata.name === name)
    expect(store !== 'redis' || secrets.length > 0).toBe(
      Boolean(secret) && Boolean(patched.Deployment?.includes(`secretRef: { name: ${name} }`)),
    )
    const known = [...commonSettings, ...settingsReadIn(`services/${name}`)]
    expect(Object.keys(secret?.stringData ?? {}).filter(setting => !known.includes(setting))).toEqual([])
    if (store !== 'redis') expect(Object.keys(secret?.stringData ?? {})).toContain(`${store.toUpperCase()}_URL`)
  })

  test('secrets that nobody filled in are refused, rather than known to everybody', () => {
    const left = manifests('secrets.example.yaml').flatMap(({ stringData = {} }) =>
      Object.keys(stringData).filter(setting => !/_URL$|^ADMIN_EMAIL$/.test(setting) && settings(stringData).optional(setting)),
    )
    expect(left).toEqual([])
    const { stringData } = manifests('secrets.example.yaml').find(({ metadata }) => metadata.name === 'platform') ?? {}
    expect(() => readConfig('order', stringData)).toThrow('INTERNAL_KEY is not set')
  })

  test('probes ask for routes that services have, on their port', () => {
    const ops = textOf('shared/service/ops.ts')
    const all = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe]
    // A busy node may take longer than the second that a probe waits by default, above all while every pod starts.
    expect(all.map(probe => probe?.timeoutSeconds)).toEqual([3, 3, 3])
    const probes = all.map(probe => probe?.httpGet)
    expect(probes.map(probe => probe?.path)).toEqual(['/ready', '/ready', '/health'])
    expect(probes.filter(probe => probe?.port !== container?.ports[0]?.name || !ops.includes(`.get('${probe?.path}'`))).toEqual([])
    const shared = manifests('secrets.example.yaml').find(({ metadata }) => metadata.name === 'platform')
    const given = [...(container?.env ?? []).map(({ name }) => name), ...Object.keys(shared?.stringData ?? {})]
    expect(given.filter(setting => !commonSettings.includes(setting))).toEqual([])
    expect(['INTERNAL_KEY', 'REDIS_URL', 'RABBITMQ_URL'].filter(setting => !given.includes(setting))).toEqual([])
  })

  test('an instance has enough time to drain, in every kind of deployment', () => {
    const source = textOf('shared/service.ts')
    const drainS = Number(/drainMs = (\d+) \* second/.exec(source)?.[1])
    const hardEndS = 2 * drainS
    expect(drainS).toBeGreaterThan(0)
    expect(source).toContain('drainMs + 10 * second')
    const pauseS = Number(container?.lifecycle.preStop.exec.command[1])
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(hardEndS + pauseS)
    const graces = ['docker-compose.yml', 'docker-compose.simple.yml'].flatMap(file =>
      Object.entries(composeOf(file).services)
        .filter(([name]) => /-service$|^platform$/.test(name))
        .map(([, block]) => block.stop_grace_period),
    )
    expect(graces.filter(grace => !(Number.parseInt(grace ?? '0', 10) > hardEndS))).toEqual([])
  })

  test('the gateway gets full names of services, and only settings that gateway/prepare.sh reads', () => {
    const gateway = podOf(manifests('gateway.yaml')[0])
    expect(gateway?.topologySpreadConstraints.map(({ labelSelector }) => labelSelector)).toEqual([{ matchLabels: { app: 'gateway' } }])
    const nginx = gateway?.containers[0]
    const prepare = textOf('gateway/prepare.sh')
    expect(nginx?.env.filter(({ name }) => name !== 'NAMESPACE' && !prepare.includes(`${name}=\${${name}`))).toEqual([])
    const upstreams = textOf('gateway/upstreams/compose.conf')
    const renamed = upstreams
      .replaceAll(/^resolver [^ ]*/gm, 'resolver 10.96.0.10')
      .replaceAll('-service:', '-service.shop.svc.cluster.local:')
    const full = [...renamed.matchAll(/server ([a-z]+)-service\.shop\.svc\.cluster\.local:\d+ resolve/g)].map(([, name]) => name)
    expect(full).toEqual(Object.keys(services))
    expect(renamed).toContain('resolver 10.96.0.10 valid=')
  })
})

describe('monitoring', () => {
  interface Rule {
    alert: string
    expr: string
    annotations: { summary: string }
  }
  const { rule_files, scrape_configs } = yamlOf<{
    rule_files: string[]
    scrape_configs: {
      job_name: string
      dns_sd_configs?: { names: string[]; port: number }[]
      static_configs?: { targets: string[] }[]
      relabel_configs?: { source_labels: string[]; target_label: string }[]
    }[]
  }>('deploy/monitoring/prometheus.yml')
  const rules = yamlOf<{ groups: { rules: Rule[] }[] }>('deploy/monitoring/alerts.yml').groups.flatMap(({ rules }) => rules)
  const dashboard: { panels: { title: string; targets: { expr: string }[] }[] } = JSON.parse(textOf('deploy/monitoring/dashboard.json'))
  const expressions = [...rules.map(({ expr }) => expr), ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))]

  const metrics = createMetrics('order')
  metrics.outbox(async () => ({ count: 0 }))
  metrics.pool('mysql', () => ({ size: 0, inUse: 0, waiting: 0 }))

  test('alerts and panels use metrics that exist', async () => {
    const exported = [...(await metrics.text()).matchAll(/^# TYPE (\S+) (\w+)/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    )
    const ownOfServices = filesIn('services').flatMap(file =>
      [...textOf(file).matchAll(/metrics\.(?:gauge|counter)\('(\w+)'/g)].map(([, name = '']) => name),
    )
    metrics.close()
    const exporters = ['up', 'node_filesystem_avail_bytes', 'node_filesystem_size_bytes']
    // A metric's name stands before a selector or a range; a function's stands before a bracket.
    const used = expressions.flatMap(expr =>
      [...expr.replaceAll(/"[^"]*"/g, '""').matchAll(/\b([a-z]\w*_\w+|up)\b(?!\s*\(|\w)/g)]
        .map(([, name = '']) => name)
        .filter(name => name !== 'histogram_quantile'),
    )
    expect(used.length).toBeGreaterThan(20)
    expect(used.filter(name => ![...exported, ...ownOfServices, ...exporters].includes(name))).toEqual([])
  })

  test('alerts on events name events that the counting service consumes', () => {
    const consumedByOrder = Object.values(catalog).flatMap(event =>
      'to' in event && (event.to as readonly string[]).includes('order') ? [event.type as string] : [],
    )
    const types = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/service="order",type=~?"([^"]+)"/g)].flatMap(([, list = '']) => list.split('|')),
    )
    expect(types.length).toBeGreaterThan(3)
    expect(types.filter(type => !consumedByOrder.includes(type))).toEqual([])
  })

  test('alerts on drift name relations that discovery compares', () => {
    const source = textOf('services/discovery/drift.ts')
    const relations = rules.flatMap(({ expr }) => [...expr.matchAll(/relation=~?"([^"]+)"/g)].flatMap(([, list = '']) => list.split('|')))
    expect(relations.length).toBeGreaterThan(3)
    expect(relations.filter(relation => !new RegExp(`\\b${relation}:`).test(source))).toEqual([])
  })

  test('docs/operating.md explains every alert, and no other', () => {
    const explained = [...textOf('docs/operating.md').matchAll(/^\| `([A-Z]\w+[a-z])` \|/gm)].map(([, name]) => name)
    expect(explained).toEqual(rules.map(({ alert }) => alert))
  })

  test('a service is missed by its name, which lasts when its last instance is gone, and its target with it', () => {
    const { relabel_configs } = scrape_configs.find(({ job_name }) => job_name === 'services') ?? {}
    expect(relabel_configs).toEqual([{ source_labels: ['__meta_dns_name'], target_label: 'name' }])
    const { expr } = rules.find(({ alert }) => alert === 'ServiceDown') ?? {}
    expect(expr).toContain(
      '(group by (name) (last_over_time(up{job="services",name!=""}[1d])) unless group by (name) (up{job="services"}))',
    )
  })

  test('Prometheus scrapes every released service by its name and port, and no other', () => {
    const scraped = scrape_configs.flatMap(({ dns_sd_configs = [] }) => dns_sd_configs.map(({ names, port }) => `${names.join()}:${port}`))
    expect(scraped.sort()).toEqual(released.map(name => `${name}-service:${services[name].port}`).sort())
    expect(rule_files.filter(file => !exists(`deploy/monitoring/${file}`))).toEqual([])
    const { services: blocks }: Compose = composeOf('deploy/monitoring/docker-compose.yml')
    const mounts = Object.values(blocks).flatMap(({ volumes = [] }) => volumes.map(volume => volume.split(':')[0]!))
    expect(mounts.filter(path => path.startsWith('.') && !exists(path))).toEqual([])
    const hosts = scrape_configs.flatMap(({ static_configs = [] }) =>
      static_configs.flatMap(({ targets }) => targets.map(target => target.split(':')[0]!)),
    )
    expect(hosts.filter(host => !(host in blocks) && !(host in composeOf('docker-compose.yml').services))).toEqual([])
  })
})
