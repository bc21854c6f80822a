import { call, type Page } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Money } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { FormButton } from '../parts/form-button'
import type { FormField } from '../parts/form-dialog'
import { sendChange } from '../parts/send-change'
import { changeOf, filled, listOf } from '../parts/values'
import type { ShippingRate, ShippingZone } from '../types'

const saved = () => {
  changed('/api/shipping')
  say('Saved.')
}
const price: readonly FormField[] = [
  { name: 'price', label: 'Price', type: 'number', required: true },
  { name: 'included_grams', label: 'Grams included', type: 'number' },
  { name: 'per_kg', label: 'For each further kg', type: 'number' },
  { name: 'free_over', label: 'Free from', type: 'number' },
  { name: 'days_min', label: 'Days at least', type: 'number', required: true },
  { name: 'days_max', label: 'Days at most', type: 'number', required: true },
]
const numbers = price.map(({ name }) => name)
const zoneFields: readonly FormField[] = [
  { name: 'name', label: 'Name', required: true },
  { name: 'countries', label: 'Countries', hint: 'Codes separated by commas, such as DE, AT, CH', required: true },
]
const zoneBody = ({ name = '', countries = '' }: Record<string, string>) => ({
  name,
  countries: listOf(countries, ',').map(code => code.toUpperCase()),
})
const priceValues = (rate: ShippingRate) => Object.fromEntries(numbers.map(name => [name, `${rate[name as 'price'] ?? ''}`]))
/** A field that was emptied; without a price to be free from, it is never free. */
const empty = { included_grams: 0, per_kg: 0, free_over: null }

function Rates({ zone }: { zone: ShippingZone }) {
  const { data, problem, reload } = useQuery<Page<ShippingRate>>(`/api/shipping/rates?zone_id=${zone.id}&limit=100`)
  return (
    <Card
      title={zone.is_default ? `${zone.name} (the default zone)` : zone.name}
      flush
      actions={
        <>
          <FormButton
            small
            label="Add a rate"
            title={`A rate in ${zone.name}`}
            fields={[
              { name: 'option', label: 'Way', options: ['standard', 'express', 'pickup'], required: true },
              { name: 'currency', label: 'Currency', required: true },
              ...price,
            ]}
            values={{ option: 'standard', currency: 'USD' }}
            onSave={async (values, headers) => {
              await call('POST', '/api/shipping/rates', { body: { zone_id: zone.id, ...filled(values, numbers) }, headers })
              saved()
            }}
          />
          <FormButton
            small
            label="Change"
            title={zone.name}
            fields={zone.is_default ? zoneFields.slice(0, 1) : zoneFields}
            values={{ name: zone.name, countries: zone.countries.join(', ') }}
            onSave={async values => {
              const body = zoneBody(values)
              await call('PATCH', `/api/shipping/zones/${zone.id}`, { body: zone.is_default ? { name: body.name } : body })
              saved()
            }}
          />
          {!zone.is_default && (
            <Confirm
              small
              label="Delete"
              title={`Delete ${zone.name}?`}
              onConfirm={async headers => {
                await call('DELETE', `/api/shipping/zones/${zone.id}`, { headers })
                changed('/api/shipping')
              }}
            >
              Its countries belong to the zone of everywhere else from then on.
            </Confirm>
          )}
        </>
      }
    >
      <p class="px-5 pb-2 text-sm text-soft">{zone.countries.join(', ')}</p>
      <Problem problem={problem} onRetry={reload} />
      <Table
        caption={`Rates of ${zone.name}`}
        rows={data?.items}
        skeletonRows={2}
        rowKey={({ id }) => `${id}`}
        columns={[
          { title: 'Way', cell: ({ option }) => option },
          { title: 'Days', cell: ({ days_min, days_max }) => `${days_min}–${days_max}` },
          {
            title: 'Free from',
            end: true,
            cell: ({ free_over, currency }) => (free_over === null ? '–' : <Money amount={free_over} currency={currency} />),
          },
          { title: 'Price', end: true, cell: ({ price: amount, currency }) => <Money amount={amount} currency={currency} /> },
          {
            title: 'Change',
            end: true,
            cell: rate => (
              <span class="inline-flex gap-2">
                <FormButton
                  small
                  label="Change"
                  title={`${rate.option} in ${zone.name}`}
                  fields={price}
                  values={priceValues(rate)}
                  onSave={async values => {
                    await sendChange(`/api/shipping/rates/${rate.id}`, changeOf(values, priceValues(rate), numbers, empty))
                    saved()
                  }}
                />
                <Confirm
                  small
                  label="Delete"
                  title={`Delete ${rate.option} in ${zone.name}?`}
                  onConfirm={async headers => {
                    await call('DELETE', `/api/shipping/rates/${rate.id}`, { headers })
                    changed('/api/shipping')
                  }}
                >
                  Orders that chose it keep it.
                </Confirm>
              </span>
            ),
          },
        ]}
        empty={<Empty title="Nothing is sent there">Add a rate, or customers there cannot order.</Empty>}
      />
    </Card>
  )
}

export default function Shipping() {
  titled('Shipping', 'Shop admin')
  const { data, problem, reload } = useQuery<Page<ShippingZone>>('/api/shipping/zones?limit=100')
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-center justify-between gap-4">
        <h1>Shipping</h1>
        <FormButton
          look="main"
          label="Add a zone"
          fields={zoneFields}
          onSave={async (values, headers) => {
            await call('POST', '/api/shipping/zones', { body: zoneBody(values), headers })
            saved()
          }}
        />
      </div>
      <Problem problem={problem} onRetry={reload} />
      {data?.items.map(zone => (
        <Rates key={zone.id} zone={zone} />
      ))}
    </div>
  )
}
