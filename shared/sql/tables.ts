import type { Generated } from 'kysely'
import type { OutboxRow } from '../outbox'

/** The tables that the kernel keeps in every service's schema. */
export interface KernelTables {
  outbox: OutboxRow & { id: Generated<number>; created_at: Generated<Date> }
  outbox_lease: { id: number; holder: string; expires_at: Date }
  inbox: { message_id: string; received_at: Generated<Date> }
  idempotency_keys: {
    id: string
    body_hash: string
    /** The user whose request it was; null in keys of an earlier release. */
    owner: number | null
    lease_token: string | null
    lease_until: Date
    answer: string | null
    created_at: Generated<Date>
  }
}
