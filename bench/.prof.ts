const { env } = JSON.parse(await Bun.file('/tmp/b7/lab.json').text())
const which = process.argv[2]!
const args = process.argv.slice(3)
const c = Bun.spawn([process.execPath, ...args, `services/${which}/main.ts`], {
  env: { ...process.env, ...env[which], PORT: '37902', NODE_ENV: 'production' },
  stdout: 'ignore',
  stderr: 'inherit',
})
for (let i = 0; i < 200; i++) {
  if (
    await fetch('http://127.0.0.1:37902/ready').then(
      r => r.ok,
      () => false,
    )
  )
    break
  await Bun.sleep(50)
}
const w = Bun.spawnSync(['bash', '/tmp/b7/cpu.sh', String(c.pid), 'http://127.0.0.1:37902/api/products/507f1f77bcf86cd799439011'])
console.log(w.stdout.toString(), w.stderr.toString())
const w2 = Bun.spawnSync(['bash', '/tmp/b7/cpu.sh', String(c.pid), 'http://127.0.0.1:37902/api/products/507f1f77bcf86cd799439011'])
console.log(w2.stdout.toString())
c.kill()
await c.exited
