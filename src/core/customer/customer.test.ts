/** Customers: the newest news counts, and the ERP has one partner for each. */
import { describe, expect, it } from 'vitest'
import type { Done } from '../intents.ts'
import { given } from '../testing/given.ts'
import { second } from '../testing/sample.ts'
import { customer, type CustomerCommand, type CustomerEvent } from './customer.ts'

const ada = { key: 'shop-7', externalId: '7', name: 'Ada Example', email: 'ada@example.com' }
const record = (at: number, change = {}): CustomerCommand => ({
  type: 'customer.record', channel: 'shop', party: { ...ada, ...change }, at: second(at),
}) // prettier-ignore
const recorded = (at: number): CustomerEvent => ({
  type: 'customer.recorded',
  channel: 'shop',
  party: ada,
  at: second(at),
})
const answer = (partnerId: string): Done => ({
  type: 'done', intent: 'customer.ensure', version: 1, answer: { partnerId },
  ask: { key: 'shop-7', name: 'Ada Example', externalRef: 'shop:7' },
}) // prettier-ignore
const fault = { kind: 'rejected', code: 'odoo.no', message: 'Odoo said no.' }
const failed: CustomerCommand = { type: 'failed', intent: 'customer.ensure', version: 1, fault }

describe('a customer', () => {
  it('who is new is asked for in the ERP under the channel and its id', () => {
    given(customer)
      .when(record(1))
      .then({ type: 'customer.recorded', party: { name: 'Ada Example' } })
      .owes({
        type: 'customer.ensure',
        to: 'erp',
        ask: { key: 'shop-7', name: 'Ada Example', email: 'ada@example.com', externalRef: 'shop:7' },
      })
  })

  it('who is a guest goes by the key, and by whatever name there is', () => {
    const guest: CustomerCommand = {
      type: 'customer.record',
      channel: 'shop',
      party: { key: 'g-1', email: 'g@example.com' },
      at: second(1),
    }
    given(customer)
      .when(guest)
      .owes({ type: 'customer.ensure', ask: { externalRef: 'g-1', name: 'g@example.com' } })
    const nobody: CustomerCommand = { ...guest, party: { key: 'g-2' } }
    given(customer)
      .when(nobody)
      .owes({ type: 'customer.ensure', ask: { externalRef: 'g-2', name: 'Guest' } })
  })

  it('is not written again when the news says the same, or less', () => {
    given(customer, recorded(1))
      .when(record(2), { type: 'customer.record', channel: 'shop', party: { key: 'shop-7' }, at: second(3) })
      .thenNothing()
  })

  it('older news never overwrites newer, and adds what nobody said since', () => {
    given(customer, recorded(5))
      .when(record(4, { name: 'Ada Former' }))
      .thenNothing()
    const { state } = given(customer, recorded(5)).when(record(4, { name: 'Ada Former', phone: '+1 555 0100' }))
    expect(state.party).toEqual({ ...ada, phone: '+1 555 0100' })
    expect(state.updatedAt).toBe(second(5))
  })

  it('keeps what newer news does not mention', () => {
    const { state } = given(customer, recorded(1)).when(
      { type: 'customer.record', channel: 'shop', party: { key: 'shop-7', phone: '+1 555 0100' }, at: second(2) },
    ) // prettier-ignore
    expect(state.party).toEqual({ ...ada, phone: '+1 555 0100' })
  })

  it('is bound to the partner the ERP names, once', () => {
    given(customer, recorded(1)).when(answer('41')).then({ type: 'customer.bound', partnerId: '41' }).owes()
    given(customer, recorded(1), { type: 'customer.bound', partnerId: '41' }).when(answer('41')).thenNothing()
  })

  it('the ERP refused is in trouble until a person retries or an answer comes', () => {
    const { state } = given(customer, recorded(1)).when(failed).then({ type: 'customer.bindFailed', code: 'odoo.no' })
    expect(state.trouble).toBe('Odoo said no.')
    const history: CustomerEvent[] = [
      recorded(1),
      { type: 'customer.bindFailed', code: 'odoo.no', message: 'Odoo said no.' },
    ]
    given(customer, ...history)
      .when({ type: 'customer.retry' })
      .then({ type: 'customer.bindRetried' })
      .owes({ type: 'customer.ensure' })
    expect(given(customer, ...history).when(answer('41')).state).toMatchObject({ trouble: null, partnerId: '41' })
    given(customer, recorded(1)).when({ type: 'customer.retry' }).thenNothing()
  })
})
