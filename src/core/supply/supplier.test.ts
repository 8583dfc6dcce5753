/** A list that waits is let through or put away by a person, and made up for by a newer one that names all there is. */
import { test } from 'vitest'
import { given } from '../testing/given.ts'
import { second } from '../testing/sample.ts'
import { supplier, type SupplierCommand } from './supplier.ts'

const take = (hash: string, n: number, whole = true): SupplierCommand => ({
  type: 'supplier.takeList', file: `${hash}.csv`, hash, at: second(n), whole, rows: 3, changed: 1, ended: 0, doubled: false,
}) // prettier-ignore
const hold = (hash: string, n: number): SupplierCommand => ({
  type: 'supplier.holdList', file: `${hash}.csv`, hash, at: second(n), why: ['Half of it is gone.'], owner: 'purchasing',
}) // prettier-ignore
const settle = (hash: string, take: boolean) => ({
  type: 'supplyList.settle' as const,
  to: 'acme',
  ask: { hash, take },
})
const acme = () => given(supplier).on('supplier/acme')

test('a person lets it through, or puts it away', () => {
  acme().when(hold('a', 1), { type: 'supplier.allow' }).owes(settle('a', true))
  acme().when(hold('a', 1), { type: 'supplier.drop' }).owes(settle('a', false))
  acme().when({ type: 'supplier.allow' }).refused('no_list_waits')
})

test('a newer list puts it away when it names all there is; one of changes does not', () => {
  acme().when(hold('a', 1), take('b', 2)).owes(settle('a', false))
  acme().when(hold('a', 1), hold('b', 2)).owes(settle('a', false))
  acme()
    .when(hold('a', 1), take('b', 2, false))
    .owes()
})

test('it waits no more once it was taken', () => {
  const { state } = acme().when(hold('a', 1), { type: 'supplier.allow' }, take('a', 2))
  if (state.waiting || state.last?.hash !== 'a') throw new Error(JSON.stringify(state))
})
