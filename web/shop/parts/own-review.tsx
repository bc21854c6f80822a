import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Card } from '../../kit/card'
import { Confirm, Dialog } from '../../kit/dialog'
import { Select, TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { faultOf, Notice, Problem, say, type Tone } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { person } from '../../kit/session'
import type { OwnReview } from '../types'
import { words } from '../words'
import { Stars } from './product-card'

const reread = () => {
  for (const path of ['/api/ratings', '/api/products']) changed(path)
}

/** What whoever is signed in wrote about a product, also while others do not see it. */
export const useOwnReview = (productId: string) => {
  const path = `/api/ratings/me?product_id=${encodeURIComponent(productId)}&limit=1`
  const { data, problem } = useQuery<Page<OwnReview>>(person.value && path)
  return { own: data?.items[0], isKnown: data !== undefined || problem !== undefined }
}

interface WriteProps {
  productId: string
  /** What is changed; without one it is the first. */
  review: OwnReview | undefined
  onClose: () => void
}
export function Write({ productId, review, onClose }: WriteProps) {
  const w = words.value
  const [stars, setStars] = useState(`${review?.rating ?? 5}`)
  const [title, setTitle] = useState(review?.title ?? '')
  const [comment, setComment] = useState(review?.comment ?? '')
  const post = useAction(async (body: object, { headers }) => {
    const { status } = review
      ? await call<OwnReview>('PATCH', `/api/ratings/${review.id}`, { body })
      : await call<OwnReview>('POST', `/api/products/${productId}/reviews`, { body, headers })
    reread()
    say(status === 'waiting' ? w.reviewWaits : w.reviewThere)
    onClose()
  })
  return (
    <Dialog title={review ? w.ownReview : w.writeReview} onClose={onClose} busy={post.busy}>
      <Form onSubmit={() => post.run({ rating: Number(stars), title: title.trim() || null, comment: comment.trim() || null })}>
        <Select
          name="rating"
          label={w.rating}
          value={stars}
          onChange={setStars}
          options={['5', '4', '3', '2', '1'].map(value => ({ value, label: '★'.repeat(Number(value)) }))}
        />
        <TextField
          name="title"
          label={w.reviewTitle}
          value={title}
          onInput={setTitle}
          maxLength={200}
          error={faultOf(post.problem, 'title')}
        />
        <TextField
          name="comment"
          label={w.reviewText}
          value={comment}
          onInput={setComment}
          lines={5}
          maxLength={5000}
          error={faultOf(post.problem, 'comment')}
        />
        <Problem problem={post.problem} />
        <Button type="submit" look="main" busy={post.busy}>
          {w.publish}
        </Button>
      </Form>
    </Dialog>
  )
}

const tones: Record<OwnReview['status'], Tone> = { published: 'good', waiting: 'info', rejected: 'warn' }

export function Own({ review, change }: { review: OwnReview; change: () => void }) {
  const w = words.value
  const { id, rating, title, comment, status, reason } = review
  const remove = async (headers: Record<string, string>) => {
    await call('DELETE', `/api/ratings/${id}`, { headers })
    reread()
  }
  return (
    <Card title={w.ownReview}>
      <div class="grid justify-items-start gap-3">
        <p class="flex flex-wrap items-center gap-3">
          <Stars average={rating} />
          <Badge tone={tones[status]}>{w.reviewStates(status)}</Badge>
        </p>
        {title && <strong>{title}</strong>}
        {comment && <p class="max-w-prose whitespace-pre-line">{comment}</p>}
        {status === 'rejected' && reason && <Notice tone="warn">{reason}</Notice>}
        <p class="flex gap-2">
          <Button small onClick={change}>
            {w.edit}
          </Button>
          <Confirm small label={w.remove} title={w.ownReview} onConfirm={remove}>
            {w.removeReviewHint}
          </Confirm>
        </p>
      </div>
    </Card>
  )
}
