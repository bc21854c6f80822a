import { released, type ServiceName, serviceInfo } from '#shared/platform'
import { replaceRegion } from './region'

const hasSecret = (name: ServiceName) => {
  const { store, secrets = [] } = serviceInfo(name)
  return store !== 'redis' || secrets.length > 0
}

/** The patches that turn `service/service.yaml` into one service. */
export const kustomization = (name: ServiceName): string => {
  const { port, memoryMib } = serviceInfo(name)
  const limit = `\n      - { op: replace, path: /spec/template/spec/containers/0/resources/limits/memory, value: ${memoryMib}Mi }`
  const spread = `\n      - { op: add, path: /spec/template/spec/topologySpreadConstraints/0/labelSelector, value: { matchLabels: { app: ${name} } } }`
  const secret = `\n      - { op: add, path: /spec/template/spec/containers/0/envFrom/-, value: { secretRef: { name: ${name} } } }`
  return `# Written by \`bun run generate\`.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namePrefix: ${name}-
resources: [../../service]
labels:
  - pairs: { app: ${name} }
    includeSelectors: true
    includeTemplates: true
images:
  - { name: shop-platform/service, newName: shop-platform/${name}, newTag: 0.1.0 }
patches:
  - target: { kind: Deployment }
    patch: |-
      - { op: replace, path: /spec/template/spec/containers/0/ports/0/containerPort, value: ${port} }${spread}${hasSecret(name) ? secret : ''}${memoryMib ? limit : ''}
  - target: { kind: Service }
    patch: |-
      - { op: replace, path: /spec/ports/0/port, value: ${port} }
  - target: { kind: PodDisruptionBudget }
    patch: |-
      - { op: add, path: /spec/selector, value: { matchLabels: { app: ${name} } } }
`
}

export const kustomizations = (text: string): string =>
  replaceRegion(
    text,
    'services',
    released.map(name => `  - services/${name}`),
  )

/** What a secret has to be. Its value is left empty, which a service refuses: a text to be replaced might be left, and would be known to all. */
const hints: Record<string, string> = {
  DATA_KEYS: 'first:base64 of 32 random bytes',
  ADMIN_PASSWORD: 'at least 8 characters',
  BANK_WEBHOOK_SECRET: 'what your bank signs by',
}

/** What is no secret, or refused by the store that it leads to. */
const examples: Record<string, string> = {
  ADMIN_EMAIL: 'admin@shop.example',
  CART_REDIS_URL: 'redis://:password@redis-carts:6379',
}

const lineOf = (setting: string) => `  ${setting}: ${examples[setting] ?? `'' # ${hints[setting] ?? 'a long random text'}`}`

const addressOf = (name: ServiceName): string[] => {
  const { store } = serviceInfo(name)
  if (store === 'mysql') return [`  MYSQL_URL: mysql://shop_${name}:password@mysql:3306/shop_${name}`]
  if (store === 'mongo') return [`  MONGO_URL: mongodb://shop_${name}:password@mongo-0,mongo-1,mongo-2/shop_${name}?replicaSet=rs0`]
  return []
}

const secret = (name: ServiceName): string[] => [
  '---',
  'apiVersion: v1',
  'kind: Secret',
  `metadata: { name: ${name}, namespace: shop }`,
  'stringData:',
  ...addressOf(name),
  ...(serviceInfo(name).secrets ?? []).map(lineOf),
]

export const secretsExample = (text: string): string => replaceRegion(text, 'services', released.filter(hasSecret).flatMap(secret))

export const prometheus = (text: string): string =>
  replaceRegion(
    text,
    'services',
    released.map(name => `      - { names: [${name}-service], type: A, port: ${serviceInfo(name).port}, refresh_interval: 15s }`),
  )
