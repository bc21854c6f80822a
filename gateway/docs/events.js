// Draws /docs/asyncapi.json. What is shown is in the address: #event=order-events.order.created or #service=order.

const list = document.getElementById('list')
const shown = document.getElementById('shown')
const filter = document.getElementById('filter')
const found = document.getElementById('found')

/** An element with its attributes and children; text never becomes markup. */
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value)
  element.append(...children.flat().filter(child => child !== undefined && child !== false))
  return element
}
const code = text => make('code', {}, text)
const linkTo = (kind, name, text = name) => make('a', { href: `#${kind}=${encodeURIComponent(name)}` }, text)

/** What the document says of each event and timer, in the shape that this page shows. */
const read = document => {
  const { channels, operations, components } = document
  const at = path => path.slice(2).split('/').reduce((node, key) => node[key], document)
  const all = Object.entries(operations).map(([id, operation]) => ({ id, ...operation, channel: operation.channel.$ref.split('/').pop() }))
  const receiver = Object.fromEntries(all.filter(({ action }) => action === 'receive').map(one => [one.channel, one]))
  const events = new Map()
  for (const { action, channel, messages, 'x-service': service } of all) {
    if (action !== 'send') continue
    const message = at(at(messages[0].$ref).$ref)
    const { bindings, address } = channels[channel]
    const exchange = bindings.amqp.exchange?.name
    // The terms of one timer are one entry, since they lead to the same queue.
    const name = exchange ? channel : message.name
    const known = events.get(name)
    if (known) {
      known.delays.push(address)
      continue
    }
    const schema = at(message.payload.allOf[1].properties.data.$ref)
    const queues = exchange ? channels[channel]['x-queues'] : [message.name]
    events.set(name, {
      name,
      type: message.name,
      service,
      exchange,
      delays: exchange ? [] : [address],
      schema,
      to: queues.map(queue => {
        const consumer = receiver[queue]['x-service']
        return { ...channels[queue], queue, service: consumer, condition: conditionOf(channels[channel], consumer) }
      }),
    })
  }
  const services = [...new Set(all.map(one => one['x-service']))].sort()
  return { events: [...events.values()], services, channels, envelope: components.schemas.Envelope }
}
/** `status is paid, or status is cancelled`; undefined when the consumer is sent every message of the type. */
const conditionOf = (channel, service) =>
  channel['x-when']?.[service]?.map(values => Object.entries(values).map(([name, value]) => `${name} is ${value}`).join(' and ')).join(', or ')

const typeOf = schema => {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`
  if (schema.patternProperties) return `record of ${typeOf(Object.values(schema.patternProperties)[0])}`
  return schema.type ?? 'anything'
}
/** The fields of an object and of what is in it, each with how deep it lies. */
const fieldsOf = (schema, depth = 0) => {
  const inner = schema.type === 'array' ? schema.items : schema
  return Object.entries(inner?.properties ?? {}).flatMap(([name, field]) => [
    { name, depth, type: typeOf(field), optional: !inner.required?.includes(name), description: field.description },
    ...fieldsOf(field, depth + 1),
  ])
}
const fieldTable = (schema, label) =>
  make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
    make('table', { class: 'fields' },
      make('thead', {}, make('tr', {}, ['Field', 'Type', ''].map(text => make('th', { scope: 'col' }, text)))),
      make('tbody', {}, fieldsOf(schema).map(({ name, depth, type, optional, description }) =>
        make('tr', {},
          make('td', {}, code(`${'  '.repeat(depth)}${name}`)),
          make('td', {}, type, description && make('div', { class: 'quiet' }, description)),
          make('td', { class: 'quiet' }, optional ? 'optional' : ''))))))

const arrow = () => make('span', { class: 'arrow', 'aria-hidden': 'true' }, '→')
const card = (what, ...content) => make('span', { class: 'card' }, make('small', {}, what), ...content)

/** Producer → exchange → each queue → its consumer. */
const flow = ({ service, exchange, delays, type, to }) =>
  make('div', { class: 'flow' },
    card(exchange ? 'producer' : 'sets the timer', linkTo('service', service)),
    arrow(),
    exchange
      ? card('exchange', code(exchange), make('small', {}, 'routing key ', type))
      : card('waits until it is due in', delays.map(delay => make('div', {}, code(delay)))),
    arrow(),
    to.length === 0
      ? card('queue', 'none: nobody has asked for it yet')
      : make('ul', { class: 'plain' }, to.map(({ queue, service: consumer, condition }) =>
          make('li', { class: 'row' },
            card('queue', code(queue), condition && make('small', {}, `only when ${condition}`)),
            arrow(),
            card('consumer', linkTo('service', consumer))))))

const seconds = ms => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`)
const failures = ({ to }, channels) => {
  const waits = to[0]?.['x-retries'].map(name => seconds(channels[name]['x-waits-ms'])) ?? []
  if (to.length === 0) return [make('p', {}, 'No consumer, so nothing is tried again.')]
  return [
    make('p', {}, `A message whose handler fails is tried again after ${waits.join(', ')}. After the last attempt, or at once when it is malformed, it goes to the dead letters, from where an administrator replays it.`),
    make('ul', { class: 'plain' }, to.map(({ service, 'x-dead-letters': dead, 'x-delivery-limit': limit }) =>
      make('li', {}, `${service}: `, make('span', { class: 'dead' }, code(dead)), make('span', { class: 'quiet' }, limit ? ` · also after ${limit} deliveries that end the process` : '')))),
  ]
}

const eventPage = (event, { envelope, channels }) => [
  make('h2', {}, code(event.type)),
  make('p', { class: 'quiet' }, event.exchange ? `An event of ${event.service}.` : `A timer of ${event.service}: a delayed message to itself.`),
  flow(event),
  make('h3', {}, 'data'),
  fieldTable(event.schema, 'Fields of data'),
  make('h3', {}, 'When it cannot be handled'),
  ...failures(event, channels),
  make('details', {}, make('summary', {}, 'The envelope around every message'), fieldTable(envelope, 'Fields of the envelope')),
]

const servicePage = (service, { events }) => {
  const published = events.filter(event => event.service === service)
  const received = events.filter(event => event.to.some(to => to.service === service))
  const row = (event, others, none) =>
    make('tr', {}, make('td', {}, linkTo('event', event.name, event.type)), make('td', {}, others.length > 0 ? others.flatMap((other, at) => [at > 0 ? ', ' : '', linkTo('service', other)]) : none))
  const table = (heading, rows, none) => [
    make('h3', {}, heading),
    rows.length > 0 ? make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': heading }, make('table', {}, make('tbody', {}, rows))) : make('p', { class: 'quiet' }, none),
  ]
  return [
    make('h2', {}, service),
    ...table('Tells', published.map(event => row(event, event.to.map(to => to.service), 'nobody yet')), 'It publishes nothing.'),
    ...table('Is told', received.map(event => row(event, [event.service], '')), 'It receives nothing.'),
  ]
}

const overview = ({ events, services }) => {
  const between = (from, to) => events.filter(event => event.service === from && event.to.some(one => one.service === to))
  const tellers = services.filter(service => events.some(event => event.service === service))
  const told = services.filter(service => events.some(event => event.to.some(to => to.service === service)))
  return [
    make('h2', {}, 'Everybody'),
    make('p', { class: 'quiet' }, 'Each number is how many kinds of message the service on the left sends to the one above. Choose a service or an event to see its way.'),
    make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Who tells whom' },
      make('table', { class: 'matrix' },
        make('thead', {}, make('tr', {}, make('td'), told.map(to => make('th', { scope: 'col' }, linkTo('service', to))))),
        make('tbody', {}, tellers.map(from =>
          make('tr', {}, make('th', { scope: 'row' }, linkTo('service', from)), told.map(to => {
            const kinds = between(from, to)
            const first = kinds[0]
            if (!first) return make('td')
            const link = kinds.length === 1 ? linkTo('event', first.name, '1') : linkTo('service', from, String(kinds.length))
            link.setAttribute('aria-label', `${from} tells ${to}: ${kinds.map(({ type }) => type).join(', ')}`)
            link.title = kinds.map(({ type }) => type).join(', ')
            return make('td', {}, link)
          })))))),
  ]
}

const chosen = () => {
  const [, kind, name] = /^#(event|service)=(.+)$/.exec(location.hash) ?? []
  try {
    return { kind, name: decodeURIComponent(name ?? '') }
  } catch {
    return {}
  }
}

const showList = ({ events, services }) => {
  const words = filter.value.trim().toLowerCase()
  const { kind, name } = chosen()
  const matches = event =>
    [event.type, event.service, ...event.to.map(to => to.service), ...fieldsOf(event.schema).map(field => field.name)].some(text => text.includes(words))
  const kept = events.filter(matches)
  found.textContent = words ? `${kept.length} of ${events.length}` : ''
  const entry = (entryKind, entryName, text) => {
    const link = linkTo(entryKind, entryName, text)
    if (kind === entryKind && name === entryName) link.setAttribute('aria-current', 'page')
    return make('li', {}, link)
  }
  const groups = services
    .map(service => [service, kept.filter(event => event.service === service)])
    .filter(([service, own]) => own.length > 0 || service.includes(words))
    .map(([service, own]) => [make('h2', {}, linkTo('service', service)), make('ul', {}, own.map(event => entry('event', event.name, event.type)))])
  list.replaceChildren(make('p', {}, make('a', { href: '#' }, 'Everybody')), ...groups.flat())
}

const show = catalog => {
  const { kind, name } = chosen()
  const event = kind === 'event' && catalog.events.find(one => one.name === name)
  const service = kind === 'service' && catalog.services.includes(name)
  document.title = `${event ? event.type : service ? name : 'Events'} · Shop API`
  const missing = kind && !event && !service && make('p', {}, 'There is no such event or service; here are all.')
  shown.replaceChildren(...(event ? eventPage(event, catalog) : service ? servicePage(name, catalog) : [missing || '', ...overview(catalog)]))
  showList(catalog)
}

try {
  const answer = await fetch('/docs/asyncapi.json')
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
  const catalog = read(await answer.json())
  show(catalog)
  filter.addEventListener('input', () => showList(catalog))
  addEventListener('hashchange', () => {
    show(catalog)
    shown.focus()
    scrollTo(0, 0)
  })
} catch (error) {
  shown.replaceChildren(make('p', { role: 'alert' }, `The document of the events could not be read: ${error.message}. Reload the page to try again.`))
}
