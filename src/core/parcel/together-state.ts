/** What the labels of an order remember of the others in its parcel, and how. */
import type { BoughtLabel, Label, LabelRequest, LabelState } from './label-state.ts'
import { isReturn } from './label-state.ts'
import type { TogetherEvent } from './together.ts'

/** A delivery of another order that waits for the lead's label. */
export interface ReadyRider {
  of: string
  request: LabelRequest
}

/** The lead's label, on the delivery of another order. */
export interface CarriedLabel {
  reference: string
  request: LabelRequest
  bought: BoughtLabel
}

export interface TogetherLabels {
  /** Whose label stands for this order's; null: this one's stands for theirs. */
  lead: string | null
  /** Of the lead: what of each is ready. */
  riders: Readonly<Record<string, ReadyRider | null>>
  /** Of one of the others: what the lead was told. */
  offered?: ReadyRider | null
  /** Of the lead: which label the others were told of; empty when of none. */
  told?: string
  /** Some of it has left. */
  sealed?: true
}

export function evolveTogether(state: LabelState, event: TogetherEvent): LabelState {
  const { together, ...rest } = state
  const change = (of: string, how: (label: Label) => Label): LabelState => ({
    ...state,
    labels: state.labels.map((label) => (label.of === of ? how(label) : label)),
  })
  switch (event.type) {
    case 'label.grouped': {
      const riders = Object.fromEntries(event.with.map((ref) => [ref, together?.riders[ref] ?? null]))
      const labels = together ? state.labels : state.labels.map(joined)
      const same = together?.lead === event.lead ? together : {}
      return { ...state, labels, together: { ...same, lead: event.lead, riders } }
    }
    case 'label.ungrouped':
      return { ...rest, labels: state.labels.map(left) }
    case 'label.waits': {
      const { of, request } = event
      const known = state.labels.some((label) => label.of === of)
      if (known) return change(of, (label) => ({ ...label, alone: request }))
      return { ...state, labels: [...state.labels, waiting(of, request!, state.version)] }
    }
    case 'label.offered':
      return { ...state, together: { ...together!, offered: event.ready } }
    case 'label.riderNoted':
      return { ...state, together: { ...together!, riders: { ...together!.riders, [event.ref]: event.ready } } }
    case 'label.riderOff':
      return { ...state, together: { ...together!, riders: { ...together!.riders, [event.ref]: null } } }
    case 'label.shared':
      return { ...state, together: { ...together!, told: event.told } }
    case 'label.carried':
      return change(event.of, (label) => ({
        ...label, carried: event.label, shown: 'asked', shownVersion: state.version,
      })) // prettier-ignore
    case 'label.uncarried':
      return change(event.of, ({ carried: _, ...label }) => ({ ...label, shown: 'no' }))
    case 'label.leftWithout':
      return change(event.of, (label) => ({ ...label, unused: true }))
    case 'label.sealed':
      return together ? { ...state, together: { ...together, sealed: true } } : { ...state, left: true }
  }
}

const joined = (label: Label): Label => (isReturn(label) ? label : { ...label, alone: label.wanted })
const left = ({ alone: _, unused: __, ...label }: Label): Label => label

/** None was asked for yet: its count begins with the first. */
const waiting = (of: string, request: LabelRequest, version: number): Label => ({
  of, count: 0, reference: '', step: 'void', unsure: false, trouble: false, request, wanted: null, alone: request,
  bought: null, shown: 'no', version, shownVersion: 0,
}) // prettier-ignore
