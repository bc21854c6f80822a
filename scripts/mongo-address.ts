import { MongoClient } from 'mongodb'

/** The parts of an address, which may name several hosts with ports: no URL by the standard. */
export const partsOf = (address: string) => {
  const [, scheme = '', username = '', hosts = '', options = ''] =
    /^(mongodb(?:\+srv)?):\/\/(?:([^:@/]*)(?::[^@/]*)?@)?([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/.exec(address) ?? []
  return { scheme, username, hosts: hosts.split(','), options: new URLSearchParams(options) }
}

/**
 * A connection to the server of an administrator's address. A single host is spoken to itself, since it may be in no set yet, or call itself by a name that
 * leads nowhere from here; of a set the driver finds the members.
 */
export const openMongoServer = (address: string, serverSelectionTimeoutMS = 5000) => {
  const { scheme, hosts, options } = partsOf(address)
  const isSet = scheme !== 'mongodb' || hosts.length > 1 || options.has('replicaSet') || options.has('directConnection')
  return new MongoClient(address, { ...(isSet ? {} : { directConnection: true }), serverSelectionTimeoutMS })
}
