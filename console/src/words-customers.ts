/** Words for customers that may be one person. */
import type { CustomerPair } from './types.ts'

type Reason = CustomerPair['reasons'][number]

const FIELDS: Readonly<Record<Reason['field'], string>> = {
  email: 'E-mail',
  phone: 'Telephone',
  name: 'Name',
  address: 'Address',
  channel: 'Two accounts in one channel',
}
const OUTCOMES: Readonly<Record<Reason['outcome'], string>> = { same: 'same', alike: 'alike', differs: 'differs' }

export const reasonWords = ({ field, outcome, points }: Reason): string =>
  field === 'channel' ? FIELDS.channel : `${FIELDS[field]} ${OUTCOMES[outcome]}, ${points > 0 ? '+' : ''}${points}`

export const FACTS = { name: 'Name', email: 'E-mail', phone: 'Telephone' } as const
