/**
 * The simulated Odoo held against a real one: the same drawn sequence of intents and warehouse work, the connector's
 * answers and what both hold to be true at the end compared. Needs the variables named in `server.ts`.
 */
import { expect, test } from 'vitest'
import { elapsedMs } from '../../src/io.ts'
import { draw, endState, feedsOf, type Plant, realPlant, simulatedPlant } from './parity.ts'
import { accessOf, missingVariables, runName, sayMissing } from './server.ts'

const LONG_MS = 900_000
const STEPS = 150
/** The feeds leave out the newest second, told in whole seconds. */
const LAG_MS = 2_500
const SEED = Number(process.env['ODOO_PARITY_SEED'] ?? 7)

const missing = missingVariables()
if (missing.length > 0) {
  test('the simulated Odoo is not held against a real one without one', () => {
    sayMissing('tests/odoo/parity.odoo.test.ts')
    expect(missing).not.toEqual([])
  })
} else {
  test(`the simulated Odoo does as the real one does, seed ${SEED}`, { timeout: LONG_MS }, parity)
}

async function parity(): Promise<void> {
  const run = runName()
  const products = [
    { sku: `AXE-${run}`, name: 'Axe', price: 12, onHand: 40 },
    { sku: `BED-${run}`, name: 'Bed', price: 9, onHand: 12 },
    { sku: `CUP-${run}`, name: 'Cup', price: 3, onHand: 3 },
    { sku: `DYE-${run}`, name: 'Dye', price: 7, onHand: 25, invoicing: 'delivery' as const },
  ]
  const skus = products.map(({ sku }) => sku)
  const plants = { real: await realPlant(accessOf(), products), simulated: await simulatedPlant(products) }
  const plan = draw(SEED, run, skus, STEPS)
  const differences: unknown[] = []
  const compare = async (what: string, look: (plant: Plant) => Promise<unknown>) => {
    const [real, simulated] = [await look(plants.real), await look(plants.simulated)]
    if (JSON.stringify(real) !== JSON.stringify(simulated))
      differences.push({ what: what.replaceAll(run, ''), real, simulated })
  }

  const startedMs = elapsedMs()
  for (const [index, { what, run: act }] of plan.steps.entries()) await compare(`${index}: ${what}`, act)
  console.info(
    `${plan.steps.length} steps, ${plan.orders.length} orders in ${((elapsedMs() - startedMs) / 1_000).toFixed(0)} s`,
  )
  const [real, simulated] = [await endState(plants.real, plan, skus), await endState(plants.simulated, plan, skus)]
  for (const key of Object.keys(real)) {
    if (JSON.stringify(real[key]) !== JSON.stringify(simulated[key])) {
      differences.push({ what: `at the end: ${key.replaceAll(run, '')}`, real: real[key], simulated: simulated[key] })
    }
  }
  for (const waitedMs = elapsedMs(); elapsedMs() - waitedMs < LAG_MS;) await plants.real.server.stock(skus)
  const [heard, pretended] = [await feedsOf(plants.real, run), await feedsOf(plants.simulated, run)]
  expect(heard['deliveries']).not.toEqual([])
  for (const name of Object.keys(heard)) {
    if (JSON.stringify(heard[name]) !== JSON.stringify(pretended[name])) {
      differences.push({ what: `feed ${name}`, real: heard[name], simulated: pretended[name] })
    }
  }
  expect(differences).toEqual([])
}
