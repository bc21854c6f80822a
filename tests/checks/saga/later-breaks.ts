import { type Break, broken } from './break'

const payment: Break[] = [
  broken(
    'dueAction',
    'waits as authorized',
    'what a provider answers',
    'payment does not void when the order is cancelled',
    () => () => undefined,
  ),
  broken(
    'dueAction',
    'waits as authorized',
    'two payments',
    'payment leaves a payment open although another one has paid',
    real => (known, facts) => real(known, { ...facts, captured: [] }),
  ),
  broken(
    'dueRefunds',
    'is kept for an order',
    'two payments',
    'payment does not refund a second capture',
    real => (known, facts) => real(known, { ...facts, paidBy: known.id }),
  ),
  broken(
    'dueRefunds',
    'is kept for an order',
    'a price that rose between two payments',
    'the first capture pays an order that costs more',
    real => (known, facts) => real(known, { ...facts, captured: undefined }),
  ),
  broken(
    'afterFacts',
    'is kept for an order',
    'a price that fell between two payments',
    'order tells nobody what it costs when another amount is captured later',
    real => (known, added) => {
      const { steps, ...after } = real(known, added)
      return { ...after, steps: steps.filter(({ from, to }) => from !== to) }
    },
  ),
  broken('endOfUnfinished', 'waits as pending', 'a card', 'payment ends what it is still asking about', () => () => 'void'),
  broken(
    'followUpOf',
    'is kept for an order',
    'a card',
    'payment gives up a charge that is on its way',
    real => (known, asked) => real(known, asked, { isGivenUp: true }),
  ),
  broken('holdMs', 'timed out while', 'what a provider answers', 'payment does not hold the order', () => () => undefined),
  broken(
    'paidByAfter',
    'is kept for an order',
    'two payments',
    'the last capture pays the order, and nobody refunds the first',
    () =>
      (paidBy, id, { captures }) =>
        captures ? id : paidBy,
  ),
  broken(
    'refundsToBegin',
    'is refunding',
    'messages that come twice',
    'payment begins a refund for each message',
    () => (_, due) => due.map(({ key, cause, upTo }) => ({ key, cause, amount: upTo })),
  ),
  broken(
    'settledBy',
    'is kept for an order',
    'money that comes late',
    'payment ignores money that comes after a refusal',
    real => (known, report) => (known.status === 'failed' ? { captures: false, doing: known.doing } : real(known, report)),
  ),
  broken(
    'settledRefund',
    'is kept for an order',
    'refunds that fail',
    'payment does not try a failed refund again',
    real => (sums, refund, reported) => real(sums, { ...refund, attempt: 5 }, reported),
  ),
]

const promotion: Break[] = [
  broken(
    'nextRedemptionStep',
    'the coupon counts',
    'messages that come twice and late',
    'promotion releases twice',
    real => (state, event) => (state === 'released' && event === 'cancelled' ? 'release' : real(state, event)),
  ),
  broken(
    'refusalToHold',
    'the coupon counts',
    'the last piece',
    'promotion counts past the limit',
    real => (use, campaign, code, placedAt) => real(use, campaign && { ...campaign, totalLimit: null }, code, placedAt),
  ),
]

const shipping: Break[] = [
  broken(
    'firstParcels',
    'pieces are in parcels',
    'messages that come twice',
    'shipping packs again when it hears again',
    real => (known, committed) => real({ ...known, lines: undefined }, committed),
  ),
  broken('linesToPack', 'is on its way', 'parcels', 'an admin packs what is cancelled', real => known => real({ ...known, voided: false })),
  broken(
    'packLines',
    'pieces are in parcels',
    'parcels',
    'an admin packs what is in a parcel',
    real => (ordered, _, request) => real(ordered, [], request),
  ),
  broken(
    'parcelsToVoid',
    'is on its way',
    'parcels',
    'shipping lets an order be cancelled of which a parcel has left',
    real => all => real(all, { refusePickedUp: false }),
  ),
  broken(
    'requireLegalStep',
    'is on its way',
    'parcels',
    'a voided parcel can be picked up',
    real => (from, to) => (from.status === 'voided' && to === 'picked_up' ? undefined : real(from, to)),
  ),
  broken(
    'stepsUpTo',
    'is on its way',
    'parcels',
    'a carrier’s report revives a voided parcel',
    real => (from, reported) => real(from.status === 'voided' ? { ...from, status: 'created' } : from, reported),
  ),
]

export const laterBreaks = [...payment, ...promotion, ...shipping]
