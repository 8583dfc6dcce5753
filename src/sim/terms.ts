/** What all systems of the simulated retailer agree on. */

/** Code of the warehouse everything is sold from. */
export const WAREHOUSE = 'WH'
/** The warehouse of a shop's second location. */
export const STORE = 'ST'
/** Added to prices. */
export const TAX_RATE = 0.0825

/** Code of the second warehouse, where there is one: it sends what goes to the west. */
export const WEST = 'WEST'
