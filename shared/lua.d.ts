// `import script from './heartbeat.lua' with { type: 'text' }` gives the source, for `redis.script`.
declare module '*.lua' {
  const source: string
  export default source
}
