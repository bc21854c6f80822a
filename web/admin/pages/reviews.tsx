import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Card, Empty, Skeleton } from '../../kit/card'
import { Check } from '../../kit/field'
import { listQuery, Pager } from '../../kit/filters'
import { percent, Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { type Chosen, ChosenBar } from '../../kit/table'
import { ActOnChosen, useChosen } from '../parts/chosen'
import { FormButton } from '../parts/form-button'
import type { ModeratedReview } from '../types'

const decided = (told: string) => {
  changed('/api/ratings')
  say(told)
}
const approve = (id: string, headers: Record<string, string>) => call('POST', `/api/ratings/${id}/approve`, { body: {}, headers })
const reject = (id: string, reason: string, spam: boolean, headers: Record<string, string>) =>
  call('POST', `/api/ratings/${id}/reject`, { body: { reason, spam }, headers })
const againstRules = 'It does not follow our rules for reviews.'

function One({ review, chosen }: { review: ModeratedReview; chosen: Chosen }) {
  const { id, product_id, rating, title, comment, created_at, spam, open_reports, user_id } = review
  const accept = useAction<void>(async (_, { headers }) => {
    await approve(id, headers)
    decided('Published.')
  })
  const toggle = (on: boolean) => {
    const next = new Set(chosen.value)
    next[on ? 'add' : 'delete'](id)
    chosen.value = next
  }
  return (
    <Card>
      <div class="grid gap-3">
        <div class="flex flex-wrap items-center gap-3">
          <Check checked={chosen.value.has(id)} onChange={toggle} label={`${'★'.repeat(rating)} ${title ?? ''}`} />
          <Badge tone={spam.score > 0.5 ? 'bad' : undefined}>spam {percent(spam.score)}</Badge>
          {open_reports > 0 && <Badge tone="warn">{open_reports} reports</Badge>}
        </div>
        {comment && <p class="max-w-prose whitespace-pre-line">{comment}</p>}
        <p class="text-sm text-soft">
          <Link to={`/products/${product_id}`} class="link">
            The product
          </Link>{' '}
          · <Time at={created_at} />
          {user_id !== null && (
            <>
              {' '}
              ·{' '}
              <Link to={`/users/${user_id}`} class="link">
                customer {user_id}
              </Link>
            </>
          )}
        </p>
        <p class="text-sm text-soft">
          {spam.signals
            .toSorted((a, b) => Math.abs(b.weight * b.value) - Math.abs(a.weight * a.value))
            .slice(0, 4)
            .map(({ name, value }) => `${name.replaceAll('_', ' ')} ${value.toFixed(2)}`)
            .join(' · ')}
        </p>
        <div class="flex flex-wrap gap-2">
          <Button small look="main" busy={accept.busy} onClick={() => accept.run()}>
            Publish
          </Button>
          <FormButton
            small
            look="danger"
            label="Reject"
            title="Why is it rejected?"
            fields={[
              { name: 'reason', label: 'Reason', lines: 2, hint: 'The author reads it', required: true },
              { name: 'spam', label: 'Is it spam?', options: ['true', 'false'], hint: 'The filter learns from it', required: true },
            ]}
            values={{ spam: `${spam.score > 0.5}` }}
            onSave={async ({ reason = '', spam: isSpam }, headers) => {
              await reject(id, reason, isSpam === 'true', headers)
              decided('Rejected.')
            }}
          />
        </div>
        <Problem problem={accept.problem} />
      </div>
    </Card>
  )
}

export default function Reviews() {
  titled('Reviews', 'Shop admin')
  const { data, problem, reload } = useQuery<Page<ModeratedReview>>(`/api/ratings/pending?${listQuery([])}`, { keep: true })
  const chosen = useChosen(data?.items.map(({ id }) => id))
  return (
    <div class="grid gap-6">
      <h1>Reviews waiting</h1>
      <Problem problem={problem} onRetry={reload} />
      <ChosenBar chosen={chosen}>
        <ActOnChosen chosen={chosen} label="Publish" title="Publish these reviews?" word="published" under="/api/ratings" act={approve}>
          Everybody reads them, and they count for their products.
        </ActOnChosen>
        <ActOnChosen
          chosen={chosen}
          look="danger"
          label="Reject as spam"
          title="Reject these reviews as spam?"
          word="rejected"
          under="/api/ratings"
          act={(id, headers) => reject(id, againstRules, true, headers)}
        >
          Their authors read: “{againstRules}” The filter learns from it.
        </ActOnChosen>
      </ChosenBar>
      {!data && !problem && <Skeleton lines={4} class="h-24" />}
      {data?.items.map(review => (
        <One key={review.id} review={review} chosen={chosen} />
      ))}
      {data?.items.length === 0 && (
        <Card>
          <Empty title="Nothing waits">Reviews that look like spam, or that several people report, come here.</Empty>
        </Card>
      )}
      <Pager page={data} />
    </div>
  )
}
