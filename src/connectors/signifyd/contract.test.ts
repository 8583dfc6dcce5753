/** Signifyd passes the contract of every connector, against its simulator. */
import { connectorContract } from '../kit/contract.ts'
import { asRequest } from '../kit/testing.ts'
import { askFor, createWorld, REFERENCE, screen, TEAM_KEY } from './testing.ts'

connectorContract('signifyd', ['screening.ensure'], async ({ wrap, log }) => {
  const { team, connection, clock } = createWorld({ wrap, log })
  const other = 'shop:1002:1-00000000'
  await screen({ connection }, askFor({ reference: other }))
  team.decide(other, 'HOLD')
  clock.now += 10_000
  team.decide(other, 'ACCEPT')
  clock.now += 10_000
  const [genuine, another] = team.due().map((hook) => asRequest(hook, clock.now))
  return {
    connection,
    secrets: [TEAM_KEY],
    hooks: { genuine: genuine!, another: another!, forged: [{ ...genuine!, headers: {} }] },
    intents: {
      'screening.ensure': {
        prepare: () => askFor(),
        count: () => team.beliefs().filter(({ orderId }) => orderId === REFERENCE).length,
      },
    },
  }
})
