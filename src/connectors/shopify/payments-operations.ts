/** The documents of the shop's own payments: payouts, the movements of its balance, disputes. */
import { z } from 'zod'
import { connection } from './operations.ts'

const PAGE_INFO = `pageInfo { hasNextPage endCursor }`
const PRICE = `amount currencyCode`

const account = <T extends z.ZodRawShape>(shape: T) => z.object({ shopifyPaymentsAccount: z.object(shape).nullable() })

export const listPayouts = {
  name: 'ListPayouts',
  answer: account({ payouts: connection(z.looseObject({ legacyResourceId: z.string(), issuedAt: z.string() })) }),
  text: `query ListPayouts($after: String) {
    shopifyPaymentsAccount {
      payouts(first: 5, after: $after, reverse: true) {
        ${PAGE_INFO}
        nodes { id legacyResourceId issuedAt status transactionType net { ${PRICE} } }
      }
    }
  }`,
}

/** Of one payout; without the transfer to the bank, which is the payout itself. */
export const listBalance = {
  name: 'ListBalance',
  answer: account({ balanceTransactions: connection(z.looseObject({ id: z.string() })) }),
  text: `query ListBalance($query: String!, $after: String) {
    shopifyPaymentsAccount {
      balanceTransactions(first: 100, after: $after, query: $query, hideTransfers: true) {
        ${PAGE_INFO}
        nodes { id type net { ${PRICE} } fee { ${PRICE} } associatedOrder { id } }
      }
    }
  }`,
}

export const listDisputes = {
  name: 'ListDisputes',
  answer: account({ disputes: connection(z.looseObject({ legacyResourceId: z.string(), initiatedAt: z.string() })) }),
  text: `query ListDisputes($after: String) {
    shopifyPaymentsAccount {
      disputes(first: 25, after: $after, reverse: true) {
        ${PAGE_INFO}
        nodes {
          id legacyResourceId type status initiatedAt finalizedOn evidenceDueBy
          amount { ${PRICE} } reasonDetails { reason } order { legacyResourceId }
        }
      }
    }
  }`,
}
