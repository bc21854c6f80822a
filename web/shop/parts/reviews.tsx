import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Empty, Skeleton } from '../../kit/card'
import { Select } from '../../kit/field'
import { listQuery, Pager } from '../../kit/filters'
import { number, Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link, query, setQuery } from '../../kit/route'
import { person } from '../../kit/session'
import { signInFromHere } from '../then'
import type { Review, ReviewSummary } from '../types'
import { words } from '../words'
import { Own, useOwnReview, Write } from './own-review'
import { Stars } from './product-card'

function Summary({ summary: { average, count, histogram } }: { summary: ReviewSummary }) {
  const stars = [5, 4, 3, 2, 1] as const
  return (
    <div class="grid content-start gap-3">
      <p class="flex items-center gap-3">
        <strong class="display text-4xl">{number(average, 1)}</strong>
        <Stars average={average} count={count} />
      </p>
      <ul class="grid gap-1.5 text-sm">
        {stars.map(star => (
          <li key={star} class="grid grid-cols-[1.5rem_1fr_2rem] items-center gap-2 number">
            <span>{star}★</span>
            <span class="h-2 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
              <span class="block h-full bg-honey" style={{ width: `${(histogram[star] / Math.max(1, count)) * 100}%` }} />
            </span>
            <span class="text-soft">{number(histogram[star])}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function OneReview({ review }: { review: Review }) {
  const w = words.value
  const { id, rating, title, comment, verified_purchase, created_at, helpful_up, replies } = review
  const vote = useAction<void>(async (_, { headers }) => {
    await call('POST', `/api/ratings/${id}/helpful`, { body: { helpful: true }, headers })
    changed('/api/ratings/product')
  })
  const report = useAction<void>(async (_, { headers }) => {
    await call('POST', `/api/ratings/${id}/report`, { body: {}, headers })
    say(w.reported)
  })
  return (
    <article class="grid gap-2 border-b border-line py-5">
      <p class="flex flex-wrap items-center gap-3 text-sm text-soft">
        <Stars average={rating} />
        <Time at={created_at} as="day" />
        {verified_purchase && <Badge tone="good">{w.verified}</Badge>}
      </p>
      {title && <h3>{title}</h3>}
      {comment && <p class="max-w-prose whitespace-pre-line">{comment}</p>}
      {replies.map(reply => (
        <p key={reply.id} class="border-l-2 border-brand pl-3 text-sm">
          {reply.from_shop && <strong>{w.fromShop} </strong>}
          {reply.comment}
        </p>
      ))}
      {person.value && person.value.id !== review.user_id && (
        <p class="flex gap-2">
          <Button look="quiet" small busy={vote.busy} onClick={() => vote.run()}>
            {w.helpful(helpful_up)}
          </Button>
          <Button look="quiet" small busy={report.busy} onClick={() => report.run()}>
            {w.report}
          </Button>
        </p>
      )}
      <Problem problem={vote.problem ?? report.problem} />
    </article>
  )
}

export function Reviews({ productId }: { productId: string }) {
  const w = words.value
  const [isWriting, setWriting] = useState(false)
  const { own, isKnown } = useOwnReview(productId)
  const of = `/api/ratings/product/${encodeURIComponent(productId)}`
  const { data: summary } = useQuery<ReviewSummary>(`${of}/summary`)
  const { data, problem, reload } = useQuery<Page<Review>>(`${of}?${listQuery([], 10)}`, { keep: true })
  const write = person.value ? (
    isKnown && !own && <Button onClick={() => setWriting(true)}>{w.writeReview}</Button>
  ) : (
    <Link to={signInFromHere()} class="button button-plain">
      {w.writeReview}
    </Link>
  )
  return (
    <section class="grid gap-6">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <h2>{w.reviews}</h2>
        {write}
      </div>
      {own && <Own review={own} change={() => setWriting(true)} />}
      <Problem problem={problem} onRetry={reload} />
      {data?.total === 0 ? (
        <Empty title={w.noReviews}>{w.noReviewsHint}</Empty>
      ) : (
        <div class="grid gap-8 md:grid-cols-[16rem_1fr]">
          {summary ? <Summary summary={summary} /> : <Skeleton lines={6} />}
          <div>
            <Select
              name="sort"
              label={w.sort}
              class="max-w-48"
              value={query.value.get('sort') ?? 'helpful'}
              onChange={sort => setQuery({ sort: sort === 'helpful' ? undefined : sort })}
              options={['helpful', 'newest', 'highest', 'lowest'].map(value => ({ value, label: w.reviewSorts(value) }))}
            />
            {data?.items.map(review => <OneReview key={review.id} review={review} />) ?? <Skeleton lines={6} class="h-12" />}
            <Pager page={data} />
          </div>
        </div>
      )}
      {isWriting && <Write key={own?.id ?? 'new'} productId={productId} review={own} onClose={() => setWriting(false)} />}
    </section>
  )
}
