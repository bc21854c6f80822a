const at = id => document.getElementById(id)
const element = (name, { text = '', ...attributes } = {}, ...children) => {
  const made = document.createElement(name)
  made.append(text, ...children)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

// --- health: of each service its state alone, as /health/services tells everybody ---

const showHealth = async () => {
  try {
    const answer = await fetch('/health/services')
    const { status, services } = await answer.json()
    for (const cell of document.querySelectorAll('td[data-service]')) {
      const state = services.find(({ name }) => name === cell.dataset.service)?.status ?? 'down'
      cell.className = state
      cell.textContent = state
    }
    at('health').textContent = `The platform is ${status}, ${new Date().toLocaleTimeString()}.`
  } catch {
    at('health').textContent = 'The health of the services cannot be had at the moment; it is asked for again in ten seconds.'
  }
}
showHealth()
setInterval(() => document.hidden || showHealth(), 10_000)

// --- routes and errors, from the document ---

const most = 40
const routesOf = ({ paths }) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, summary, tags: [tag] }]) => {
      const resource = path.split('/')[1] === 'api' ? path.split('/')[2] : 'users'
      const page = path.endsWith('/reviews') ? 'ratings' : resource
      return { method: method.toUpperCase(), path, operationId, summary, link: `/api/${page}/docs#/${tag}/${operationId}` }
    }),
  )

/** Every error that a route can answer: the description of an answer has a line for each. */
const errorsOf = ({ paths, components }) => {
  const errors = new Map()
  for (const methods of Object.values(paths))
    for (const { operationId, responses } of Object.values(methods))
      for (const [status, given] of Object.entries(responses)) {
        const answer = given.$ref ? components.responses[given.$ref.split('/').at(-1)] : given
        for (const [, code, means] of answer.description.matchAll(/^- `(\w+)`: (.*)$/gm)) {
          const error = errors.get(code) ?? { code, means, statuses: new Set(), routes: new Set() }
          error.statuses.add(status)
          error.routes.add(operationId)
          errors.set(code, error)
        }
      }
  return [...errors.values()].sort((one, two) => one.code.localeCompare(two.code))
}

const routeItem = ({ method, path, operationId, summary, link }) =>
  element('li', {}, element('a', { href: link }, element('span', { class: 'method', text: method }), element('code', { text: path })), element('small', { text: `${operationId}: ${summary}` }))
const errorItem = ({ code, means, statuses, routes }) => {
  const by = routes.size > 6 ? `${routes.size} routes` : [...routes].join(', ')
  return element('li', {}, element('code', { text: code }), ` ${[...statuses].join(', ')}: ${means}`, element('small', { text: `Answered by ${by}` }))
}

const showFound = async () => {
  const answer = await fetch('/docs/openapi.json')
  const openApi = await answer.json()
  const [routes, errors] = [routesOf(openApi), errorsOf(openApi)]
  const show = () => {
    const words = at('filter').value.toLowerCase().split(/\s+/).filter(Boolean)
    const has = (...texts) => words.every(word => texts.join(' ').toLowerCase().includes(word))
    const found = routes.filter(({ method, path, operationId, summary }) => has(method, path, operationId, summary))
    const meant = errors.filter(({ code, means }) => has(code, means))
    const shown = words.length > 0
    at('routes').replaceChildren(...(shown ? found.slice(0, most).map(routeItem) : []))
    at('errors').replaceChildren(...(shown ? meant.slice(0, most).map(errorItem) : []))
    at('found').textContent = shown
      ? `${found.length} routes and ${meant.length} errors${found.length > most || meant.length > most ? `, of each the first ${most}` : ''}`
      : `${routes.length} routes and ${errors.length} errors can be searched by path, name and meaning.`
  }
  at('filter').addEventListener('input', show)
  show()
}
showFound().catch(() => {
  at('found').textContent = 'The document of the routes cannot be had at the moment; load the page again.'
})

// --- sign in: the Swagger pages keep what is authorised under this name ---

const kept = 'authorized'
const scheme = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }
const form = at('sign-in')
let challenge

const tell = text => {
  at('signed').textContent = text
  at('sign-out').hidden = localStorage.getItem(kept) === null
}
const post = async (path, body) => {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { ok: answer.ok, body: await answer.json() }
}

form.addEventListener('submit', async event => {
  event.preventDefault()
  const { name, password, code } = Object.fromEntries(new FormData(form))
  tell('Signing in …')
  try {
    const login = { [name.includes('@') ? 'email' : 'username']: name, password }
    const { ok, body } = challenge ? await post('/auth/login/mfa', { challenge, code }) : await post('/auth/login', login)
    if (!ok) {
      challenge = undefined
      at('second').hidden = true
      return tell(body.detail)
    }
    challenge = body.challenge
    at('second').hidden = !challenge
    if (challenge) return tell('Enter the code of your authenticator app, and sign in again.')
    localStorage.setItem(kept, JSON.stringify({ bearer: { name: 'bearer', schema: scheme, value: body.access_token } }))
    form.reset()
    tell(`Signed in as ${body.email}. The Swagger pages use the token for ${Math.round(body.expires_in / 60)} minutes.`)
  } catch {
    tell('The shop does not answer; try again in a moment.')
  }
})
at('sign-out').addEventListener('click', () => {
  localStorage.removeItem(kept)
  tell('The token is forgotten. The session itself lasts until it expires, or until POST /auth/logout.')
})
tell('')
