import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Environment } from '#shared/config'
import { serverEnvironment } from '../service-environment'
import { programs } from './programs'
import { answersWith, launch, privateFolder, type Server, type ServerOptions } from './server'

/** A node's data belongs to its name, so the name does not contain the port. Each broker has its own port mapper, so two nodes may have the same name. */
const node = 'shop@localhost'

/** Starts a broker, which uses three ports: `port` for AMQP, the next for Erlang's port mapper, the one after for rabbitmqctl. */
export async function startRabbitmq({ dir, port }: ServerOptions): Promise<Server> {
  const folder = privateFolder(dir)
  const env = environment(folder, port)
  writeFileSync(join(folder, 'rabbitmq.conf'), configuration(port))
  writeFileSync(join(folder, 'enabled_plugins'), '[].')

  // Erlang would start its port mapper as a daemon that outlives the broker. Started here as a child, it can be stopped by its pid.
  const mapper = await launch({
    name: 'epmd',
    port: port + 1,
    url: '',
    command: [programs.epmd()],
    env,
    output: join(folder, 'epmd.log'),
    ready: () => answersWith(port + 1, '\x00\x01n', '\x00'),
  })
  try {
    const broker = await launch({
      name: 'rabbitmq',
      port,
      url: `amqp://guest:guest@127.0.0.1:${port}`,
      command: [programs.rabbitmq()],
      env,
      output: join(folder, 'rabbitmq.log'),
      ready: () => answersWith(port, 'AMQP\x00\x00\x09\x01', '\x01'),
    })
    const exited = broker.exited.then(mapper.stop)
    return {
      ...broker,
      helper: mapper.pid,
      exited,
      stop: () => broker.stop().then(() => exited),
      kill: () => broker.kill().then(() => exited),
    }
  } catch (error) {
    await mapper.stop()
    throw error
  }
}

/** RabbitMQ's default limits would block every publisher in a small container. */
const configuration = (port: number) => `listeners.tcp.1 = 127.0.0.1:${port}
disk_free_limit.absolute = 16MB
vm_memory_high_watermark.absolute = 512MiB
# As Erlang counts it: otherwise a file of /proc is read every second, by another thread for each step.
vm_memory_calculation_strategy = erlang
log.console = true
log.console.level = warning
log.file = false
`

/** rabbitmqctl needs some of these as well to find this broker; see docs/operating.md. */
const environment = (folder: string, port: number): Environment => ({
  ...serverEnvironment(),
  HOME: folder,
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  ERL_EPMD_ADDRESS: '127.0.0.1',
  ERL_EPMD_PORT: `${port + 1}`,
  RABBITMQ_NODENAME: node,
  RABBITMQ_NODE_PORT: `${port}`,
  RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
  RABBITMQ_DIST_PORT: `${port + 2}`,
  RABBITMQ_CONF_ENV_FILE: '/dev/null',
  RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
  RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced'),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
  RABBITMQ_MNESIA_BASE: join(folder, 'data'),
  RABBITMQ_LOG_BASE: folder,
  RABBITMQ_PID_FILE: join(folder, 'pid'),
  // With this the script execs Erlang instead of waiting for it, so that a signal to its pid reaches Erlang.
  RABBITMQ_ALLOW_INPUT: '1',
  RABBITMQ_SERVER_START_ARGS: '-noinput',
  // Erlang keeps a table of all processes that there may be: 10 MiB for RabbitMQ's default, a million. A channel or a queue needs a handful.
  RABBITMQ_MAX_NUMBER_OF_PROCESSES: '65536',
  // Idle schedulers sleep instead of spinning. Naming the node here saves 0.7 s: no second Erlang starts to look for a port mapper.
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: [
    '+S 1:1 +SDio 1 +SDcpu 1 +sbwt none +sbwtdcpu none +sbwtdio none',
    `-sname ${node} -start_epmd false`,
    // One node has no other to watch, and nobody reads the figures that each queue would write down every five seconds.
    '-aten heartbeat_interval 10000 poll_interval 10000 -rabbit quorum_tick_interval 60000',
    `-kernel inet_dist_use_interface {127,0,0,1} inet_dist_listen_min ${port + 2} inet_dist_listen_max ${port + 2}`,
  ].join(' '),
})

/** What a private broker has counted since its start. */
export const brokerCounters = async ({ dir, port }: ServerOptions): Promise<Record<string, number>> => {
  const control = join(dirname(programs.rabbitmq()), 'rabbitmqctl')
  const command = [control, '-n', node, 'eval', 'rabbit_global_counters:overview().']
  const text = await new Response(Bun.spawn(command, { env: environment(dir, port), stderr: 'ignore' }).stdout).text()
  const sum = (counter: string) =>
    [...text.matchAll(new RegExp(`\\b${counter} => (\\d+)`, 'g'))].reduce((total, [, n]) => total + Number(n), 0)
  return {
    publishes: sum('messages_received_total'),
    deliveries: sum('messages_delivered_total'),
    acknowledged: sum('messages_acknowledged_total'),
  }
}
