import { addOrderFacts, allocateLines, allocateReturn, isExpired, nextReservationStep, stockSteps } from '#services/inventory/domain'
import { cancellation, endOfRequest, returnedParcels } from '#services/order/domain'
import { afterFacts } from '#services/order/domain-changes'
import {
  claimAfter,
  claimFor,
  holdFor,
  requireHoldable,
  requirePayable,
  requireRepriceable,
  unpaidUntil,
} from '#services/order/domain-claims'
import { refundsFor, returnLines } from '#services/order/domain-returns'
import { endOfUnfinished, followUpOf, holdMs, paidByAfter, settledBy } from '#services/payment/domain-charges'
import { dueAction, dueRefunds, refundsToBegin, settledRefund } from '#services/payment/domain-refunds'
import { nextRedemptionStep, refusalToHold } from '#services/promotion/domain-redemptions'
import { requireLegalStep, stepsUpTo } from '#services/shipping/domain'
import { packLines } from '#services/shipping/domain-lines'
import { firstParcels, linesToPack, parcelsToVoid } from '#services/shipping/domain-orders'

/** The functions by which the services decide. A test breaks each of them on purpose. */
export const decisions = {
  // order
  afterFacts,
  cancellation,
  claimAfter,
  claimFor,
  endOfRequest,
  holdFor,
  refundsFor,
  requireHoldable,
  requirePayable,
  requireRepriceable,
  returnedParcels,
  returnLines,
  unpaidUntil,
  // inventory
  addOrderFacts,
  allocateLines,
  allocateReturn,
  isExpired,
  nextReservationStep,
  stockSteps,
  // payment
  dueAction,
  dueRefunds,
  endOfUnfinished,
  followUpOf,
  holdMs,
  paidByAfter,
  refundsToBegin,
  settledBy,
  settledRefund,
  // promotion
  nextRedemptionStep,
  refusalToHold,
  // shipping
  firstParcels,
  linesToPack,
  packLines,
  parcelsToVoid,
  requireLegalStep,
  stepsUpTo,
}
export type Decisions = typeof decisions
