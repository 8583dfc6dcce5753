/** Words for customers that may be one person. */
import type { CustomerPage, CustomerPair } from './types.ts'

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

type Fact = CustomerPage['person']['facts'][number]

/** Why one word counts before the others. */
export const RULES: Readonly<Record<Fact['rule'], string>> = {
  only: 'nobody else says anything',
  agreed: 'all say the same',
  trusted: 'its word counts before others',
  newest: 'said last',
}

/** `rule` stands for the hub's own rule of likeness. */
export const whoDecided = (by: string): string => (by === 'rule' ? 'the rule' : by)
