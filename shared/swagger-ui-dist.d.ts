// `import page from 'swagger-ui-dist/…' with { type: 'file' }` gives the file's path.
declare module 'swagger-ui-dist/*' {
  const path: string
  export default path
}
