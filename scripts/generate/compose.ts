import { released, type ServiceName, serviceInfo, serviceNames } from '#shared/platform'
import { replaceRegion } from './region'

/** Settings that containers have by default. */
const defaults: Record<string, string> = { SEED_DEMO: '1', GATEWAY_PORT: '80', CART_REDIS_URL: 'redis://redis-carts:6379' }

const passedOn = (setting: string) => (defaults[setting] ? `${setting}: \${${setting}:-${defaults[setting]}}` : `${setting}:`)

/** The secrets of one service, each as a setting and the file that holds it. */
const filesOf = (name: ServiceName) => {
  const { store, secrets = [] } = serviceInfo(name)
  const address = store === 'redis' ? [] : [{ setting: `${store.toUpperCase()}_URL`, file: `${name}_${store}_url` }]
  return [...address, ...secrets.map(setting => ({ setting, file: setting.toLowerCase() }))]
}

const block = (name: ServiceName): string[] => {
  const files = filesOf(name)
  const own = [
    ...files.map(({ setting, file }) => `      ${setting}_FILE: /run/secrets/${file}`),
    ...(serviceInfo(name).settings ?? []).map(setting => `      ${passedOn(setting)}`),
  ]
  const { memoryMib } = serviceInfo(name)
  return [
    `  ${name}-service:`,
    '    <<: *service',
    `    image: shop-platform/${name}`,
    `    build: { context: ., target: platform, args: { SERVICE: ${name} } }`,
    ...(memoryMib ? [`    deploy: { resources: { limits: { <<: *limits, memory: ${memoryMib}M } } }`] : []),
    ...(own.length === 0 ? ['    environment: *environment'] : ['    environment:', '      <<: *environment', ...own]),
    `    secrets: [${['internal_key', 'redis_url', 'rabbitmq_url', ...files.map(({ file }) => file)].join(', ')}]`,
    '',
  ]
}

/** The range of the services' own ports. The gateway answers 503 for services that are not released. */
const ports = () => {
  const all = serviceNames.map(name => serviceInfo(name).port)
  const range = `${Math.min(...all)}-${Math.max(...all)}`
  return [`      - 127.0.0.1:${range}:${range}`]
}

export const compose = (text: string): string => {
  const secrets = released.flatMap(filesOf).map(({ file }) => `  ${file}: { file: ./deploy/secrets/${file} }`)
  return replaceRegion(replaceRegion(replaceRegion(text, 'ports', ports()), 'services', released.flatMap(block)), 'secrets', secrets)
}

/** One container hosts all services, so it has the settings of each. */
export const simpleCompose = (text: string): string => {
  const all = released.flatMap(name => [...(serviceInfo(name).secrets ?? []), ...(serviceInfo(name).settings ?? [])])
  const settings = [...new Set(all)].map(setting => `      ${passedOn(setting)}`)
  return replaceRegion(replaceRegion(text, 'ports', ports()), 'settings', settings)
}
