import { account, administration, leaving } from './accounts'
import { carts } from './carts'
import { catalog } from './catalog'
import { favourites } from './favourites'
import { journey } from './journey'
import { notifications } from './notifications'
import { promotions, taxes } from './offers'
import { orders } from './orders'
import { parcels } from './parcels'
import { mistakes, platform } from './platform'
import { ratings } from './ratings'
import { type Folder, itemOf } from './request'
import { search } from './search'
import { sampleFlow, start } from './start'
import { stock } from './stock'
import { twoFactor } from './two-factor'

const folders: Folder[] = [
  start,
  sampleFlow,
  account,
  twoFactor,
  administration,
  catalog,
  stock,
  promotions,
  taxes,
  journey,
  carts,
  orders,
  parcels,
  favourites,
  ratings,
  search,
  notifications,
  mistakes,
  leaving,
  platform,
]

const description = `Runs top to bottom, again and again: every run makes people, products and orders of its own.

1. \`bun start\`, and choose the environment "Shop, local stack" (or "Shop, compose").
2. Put the administrator's password into \`admin_password\`: \`bun start\` prints it, and it is in \`.data/local/secrets.json\`; with compose in \`deploy/secrets/admin_password\`.
3. Run the whole collection, or send requests one by one in their order.

By newman: \`npx newman run postman/shop.postman_collection.json -e postman/local.postman_environment.json --env-var admin_password=…\``

/** The gateway takes five logins, renewals and logouts a second; the names of a run are made once, also when somebody begins in the middle. */
const beforeEach = [
  `if (!pm.collectionVariables.get('run')) pm.collectionVariables.set('run', Date.now().toString(36))`,
  `if (/^\\/(auth|api\\/users\\/(login|register|refresh|logout))/.test(pm.request.url.getPath())) setTimeout(() => {}, 150)`,
]

export const collection = {
  info: { name: 'Shop platform', description, schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
  event: [{ listen: 'prerequest', script: { type: 'text/javascript', exec: beforeEach } }],
  item: folders.map(({ name, about, requests }, at) => ({ name: `${at + 1} ${name}`, description: about, item: requests.map(itemOf) })),
}

const environment = (name: string, baseUrl: string) => ({
  name,
  values: [
    { key: 'base_url', value: baseUrl, type: 'default', enabled: true },
    { key: 'admin_email', value: 'admin@shop.example', type: 'default', enabled: true },
    {
      key: 'admin_password',
      value: '',
      type: 'secret',
      enabled: true,
      description: 'Printed by `bun start`, kept in .data/local/secrets.json; with compose in deploy/secrets/admin_password',
    },
  ],
  _postman_variable_scope: 'environment',
})

/** Every file of postman/, by name. */
export const postmanFiles = {
  'shop.postman_collection.json': collection,
  'local.postman_environment.json': environment('Shop, local stack', 'http://127.0.0.1:8080'),
  'compose.postman_environment.json': environment('Shop, compose', 'http://127.0.0.1'),
}

export const written = (content: object) => `${JSON.stringify(content, null, 2)}\n`
