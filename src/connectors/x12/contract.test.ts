/** X12 passes the contract of every connector; nobody calls us and we call nobody, so its faults are tested apart. */
import { connectorContract } from '../kit/contract.ts'
import { answer } from '../kit/testing.ts'
import { askFor, cancelAsk, createWorld } from './testing.ts'

connectorContract('x12', ['warehouseOrder.ensure', 'warehouseOrder.cancel'], ({ log }) => {
  const world = createWorld(log)
  const of = async (prefix: string) => {
    await world.partner.work('silent')
    const { orders, wrong } = world.partner.beliefs()
    if (wrong.length > 0) throw new Error(wrong.join(', '))
    return orders.filter(({ cancelled }) => cancelled === (prefix === 'cancel')).length
  }
  return {
    connection: world.connection,
    secrets: [],
    intents: {
      'warehouseOrder.ensure': { prepare: () => askFor(), count: () => of('order') },
      'warehouseOrder.cancel': {
        prepare: async () => {
          await answer(world.connection, 'warehouseOrder.ensure', askFor())
          return cancelAsk
        },
        count: () => of('cancel'),
      },
    },
  }
})
