/** Words for what orders are held for, and for what people decide about it. */
import type { Hold } from './types.ts'

export const HOLD_KINDS: Readonly<Record<Hold['kind'], string>> = {
  fraud: 'Fraud',
  payment: 'Payment',
  address: 'Address',
  price: 'Price',
  tax: 'Tax',
  credit: 'Credit',
  customer: 'Customer',
  shipping: 'Shipping',
  sku: 'SKU',
  by_hand: 'By hand',
  screening: 'Screening',
}

/** What happens when nobody decides in time. */
export const AT_EXPIRY: Readonly<Record<Hold['atExpiry'], string>> = {
  release: 'then it goes on',
  cancel: 'then it is cancelled here',
  escalate: 'then it is handed on',
}

export const RELEASERS: Readonly<Record<Hold['release'], string>> = {
  anyone: 'One person may let it go.',
  second_person: 'Two people have to let it go.',
  never: 'Nobody may let it go: its cause has to be mended.',
}

export const HOLD_SORTS = { due: 'Least time left', age: 'Oldest', value: 'Dearest' } as const

export const HOLD_STEPS: Readonly<Record<string, { name: string; action: string; done: string }>> = {
  release: { name: 'Let it go', action: 'Let it go', done: 'It is being let go.' },
  ask: { name: 'Ask to let it go', action: 'Ask for it', done: 'A second person has to agree now.' },
  keep: { name: 'Keep it held', action: 'Keep it held', done: 'It stays held, and its clock begins anew.' },
  cancel: { name: 'Cancel the order', action: 'Cancel order', done: 'The order is being cancelled.' },
}
