/** A supplier passes the contract of every connector; its files are tested apart, as nobody calls anybody. */
import { connectorContract } from '../kit/contract.ts'
import { createWorld } from './testing.ts'

connectorContract('supplier', ['supplyList.settle'], ({ log }) => {
  const { connection, files } = createWorld({ log })
  const ask = { file: 'list.csv', hash: '0123456789abcdef', take: true }
  return {
    connection,
    secrets: [],
    intents: {
      'supplyList.settle': {
        prepare: async () => {
          await files.write(`in/waiting/${ask.hash}-${ask.file}`, '')
          return ask
        },
        count: async () => (await files.list('allowed')).length,
      },
    },
  }
})
