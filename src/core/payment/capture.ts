/**
 * Which payment a capture belongs to. Some providers tell of refunds and disputes by the capture alone: such news waits
 * here until the capture was seen, whichever came first, and goes on to its payment.
 */
import { alarm, type Decider, type Note, note } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import type { PaymentCommand } from './payment.ts'

/** News of a capture that its payment has to hear. */
export type CaptureNews = Extract<
  PaymentCommand,
  { type: 'payment.observe' | 'payment.observeRefund' | 'payment.observeDispute' }
>

export type CaptureCommand =
  | { type: 'capture.belongs'; paymentId: string }
  | { type: 'capture.tell'; news: CaptureNews }
  /** Its own alarm: nobody named a payment, so the capture is one by itself. */
  | { type: 'capture.standAlone' }

export type CaptureEvent =
  | { type: 'capture.newsKept'; news: CaptureNews; until: string }
  | { type: 'capture.placed'; paymentId: string; news: readonly CaptureNews[] }
  | { type: 'capture.told'; news: CaptureNews }

export interface CaptureState {
  version: number
  paymentId: string | null
  kept: readonly CaptureNews[]
}

/** News of a capture nobody has told of is a payment of its own after so long. */
const WAIT_MS = 60 * 60_000

const initial: CaptureState = { version: 0, paymentId: null, kept: [] }

export const capture: Decider<CaptureState, CaptureCommand, CaptureEvent, Policy> = {
  initial,
  decide(state, command, _policy, { stream, at }) {
    switch (command.type) {
      case 'capture.belongs':
        return state.paymentId === null ? [placed(state, command.paymentId)] : []
      case 'capture.standAlone':
        return state.paymentId === null && state.kept.length > 0 ? [placed(state, idOf(stream))] : []
      case 'capture.tell': {
        const { news } = command
        if (state.paymentId !== null) return [{ type: 'capture.told', news }]
        const until = new Date(Date.parse(at) + WAIT_MS).toISOString()
        return [{ type: 'capture.newsKept', news, until }]
      }
    }
  },
  evolve(before, event) {
    const state = { ...before, version: before.version + 1 }
    switch (event.type) {
      case 'capture.newsKept':
        return { ...state, kept: [...state.kept, event.news] }
      case 'capture.placed':
        return { ...state, paymentId: event.paymentId, kept: [] }
      case 'capture.told':
        return state
    }
  },
  react(event, state, stream): Note[] {
    const to = (news: CaptureNews) => note(streams.payment(providerOf(stream), state.paymentId ?? ''), news)
    switch (event.type) {
      case 'capture.newsKept':
        return [alarm(stream, 'alone', event.until, { type: 'capture.standAlone' })]
      case 'capture.placed': {
        const calm = alarm(stream, 'alone', null, { type: 'capture.standAlone' })
        return event.news.length > 0 ? [calm, ...event.news.map(to)] : []
      }
      case 'capture.told':
        return [to(event.news)]
    }
  },
}

const placed = ({ kept }: CaptureState, paymentId: string): CaptureEvent => ({
  type: 'capture.placed',
  paymentId,
  news: kept,
})

const providerOf = (stream: string): string => stream.split('/')[1] ?? ''
const idOf = (stream: string): string => stream.split('/').slice(2).join('/')
