import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Card, Empty, Skeleton } from '../../kit/card'
import { Confirm, Dialog } from '../../kit/dialog'
import { Check } from '../../kit/field'
import { Form } from '../../kit/form'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { PostalAddress, SavedAddress } from '../types'
import { words } from '../words'
import { AddressFields, filled, noAddress, oneLine } from './address'

const path = '/api/users/me/addresses'

function Edit({ address, onClose }: { address: SavedAddress | undefined; onClose: () => void }) {
  const w = words.value
  const {
    id: _,
    created_at: __,
    is_default: wasDefault = false,
    ...place
  } = address ?? { ...noAddress, id: 0, created_at: '', is_default: false }
  const [given, setGiven] = useState<PostalAddress>(place)
  const [isDefault, setDefault] = useState(wasDefault)
  const save = useAction(async (body: object) => {
    await call(address ? 'PUT' : 'POST', address ? `${path}/${address.id}` : path, { body })
    changed(path)
    say(w.saved)
    onClose()
  })
  return (
    <Dialog title={w.address} onClose={onClose} busy={save.busy}>
      <Form onSubmit={() => save.run({ ...filled(given), is_default: isDefault })}>
        <AddressFields address={given} onChange={setGiven} problem={save.problem} />
        <Check checked={isDefault} onChange={setDefault} label={w.defaultAddress} />
        <Problem problem={save.problem} />
        <Button type="submit" look="main" busy={save.busy}>
          {w.save}
        </Button>
      </Form>
    </Dialog>
  )
}

export function Addresses() {
  const w = words.value
  const { data, problem, reload } = useQuery<Page<SavedAddress>>(`${path}?limit=50`)
  const [editing, setEditing] = useState<SavedAddress | 'new'>()
  return (
    <Card title={w.addresses} actions={<Button onClick={() => setEditing('new')}>{w.addAddress}</Button>}>
      <Problem problem={problem} onRetry={reload} />
      {!data && !problem && <Skeleton lines={3} class="h-12" />}
      {data?.items.length === 0 && <Empty title={w.noAddresses}>{w.noAddressesHint}</Empty>}
      <ul>
        {data?.items.map(address => (
          <li
            key={address.id}
            class="flex flex-wrap items-center justify-between gap-3 border-b border-line py-3 first:pt-0 last:border-0 last:pb-0"
          >
            <span>
              {oneLine(address)} {address.is_default && <Badge tone="brand">{w.default}</Badge>}
            </span>
            <span class="flex gap-2">
              <Button small onClick={() => setEditing(address)}>
                {w.edit}
              </Button>
              <Confirm
                small
                label={w.remove}
                title={oneLine(address)}
                onConfirm={async headers => {
                  await call('DELETE', `${path}/${address.id}`, { headers })
                  changed(path)
                }}
              >
                {w.removeAddressHint}
              </Confirm>
            </span>
          </li>
        ))}
      </ul>
      {editing && <Edit address={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </Card>
  )
}
