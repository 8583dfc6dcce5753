/** The label a delivery needs, by the rules of the warehouse it leaves from. */
import type { LabelPolicy, LocalPolicy } from '../policy.ts'
import { leavesToday } from '../routing.ts'
import type { NoteReadyDelivery } from './label.ts'
import type { LabelRequest } from './label-state.ts'

const DAY_MS = 86_400_000
const PROMISE_DAYS = 5

export function requestOf(ready: NoteReadyDelivery, rules: LabelPolicy, at: string): LabelRequest {
  const parcel = byCarrier(ready, rules, at)
  return rules.local && isLocal(ready, rules.local) ? byCourier(parcel, rules.local) : parcel
}

/** The cases in which somebody near the customer is asked first. */
function isLocal({ method, to }: NoteReadyDelivery, { methods, postcodes }: LocalPolicy): boolean {
  const plain = to.postcode.replaceAll(/[\s-]/g, '').toUpperCase()
  return (
    (!methods || methods.includes(method ?? '')) && (!postcodes || postcodes.some((start) => plain.startsWith(start)))
  )
}

function byCourier(parcel: LabelRequest, local: LocalPolicy): LabelRequest {
  const { by, maxCost, withinMinutes, owner, escalateTo, settleWithinMinutes } = local
  const otherwise = local.otherwise === 'carrier' ? { otherwise: parcel } : {}
  return {
    ...parcel,
    by,
    courier: { withinMinutes, ...(maxCost ? { maxCost } : {}) },
    unserved: { ...otherwise, owner, escalateTo, settleWithinMinutes },
  }
}

function byCarrier(ready: NoteReadyDelivery, rules: LabelPolicy, at: string): LabelRequest {
  const method = rules.methods?.[ready.method ?? '']
  const services = method?.services ?? rules.services
  const accounts = method?.accounts ?? rules.accounts
  return {
    by: rules.by,
    from: rules.from,
    to: ready.to,
    parcel: { ...rules.parcel, weightG: ready.weightG ?? rules.parcel.weightG },
    choose: {
      by: method?.choose ?? rules.choose,
      withinDays: daysLeft(ready, rules, at),
      ...(services ? { services } : {}),
      ...(accounts ? { accounts } : {}),
    },
    verify: rules.verify,
  }
}

/**
 * Whole days between the day it leaves and the day it is promised: what is ready after the cut-off leaves a day later.
 * Days of the calendar, as carriers count them loosely.
 */
function daysLeft({ promisedBy }: NoteReadyDelivery, { cutOff, promiseDays = PROMISE_DAYS }: LabelPolicy, at: string) {
  const leaves = cutOff && !leavesToday(cutOff, at) ? 1 : 0
  if (promisedBy === undefined) return Math.max(0, promiseDays - leaves)
  const dayOf = (moment: string) => Math.floor(Date.parse(moment) / DAY_MS)
  return Math.max(0, dayOf(promisedBy) - dayOf(at) - leaves)
}
