/** The shop's own locations, and the warehouse each sells from. A second one is opened where it is asked for. */
import { STORE, WAREHOUSE } from './terms.ts'

export const PLACES = [
  { id: 7_001, name: 'Main warehouse', warehouse: WAREHOUSE },
  { id: 7_002, name: 'Store', warehouse: STORE },
] as const

/** By warehouse; the first has what is left over. */
export const shelved = (pieces: number, places: number): Record<string, number> =>
  Object.fromEntries(
    PLACES.slice(0, places).map(({ warehouse }, index) => [
      warehouse,
      Math.floor(pieces / places) + (index === 0 ? pieces % places : 0),
    ]),
  )

export const placesInYaml = (places: number): string =>
  `[${PLACES.slice(0, places)
    .map(({ id, warehouse }) => `{ locationId: '${id}', pool: ${warehouse} }`)
    .join(', ')}]`
