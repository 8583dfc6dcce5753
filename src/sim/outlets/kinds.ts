/** Every channel an estate may have beside its shop. */
import { amazon } from './amazon.ts'
import { mirakl } from './mirakl.ts'
import type { OutletKind } from './outlet.ts'
import { square } from './square.ts'
import { tills } from './tills.ts'
import { woocommerce } from './woocommerce.ts'

/** Those of the demo. */
export const OUTLET_KINDS: readonly OutletKind[] = [woocommerce, mirakl]

/** Those of the seeded world as well. */
export const ALL_KINDS: readonly OutletKind[] = [...OUTLET_KINDS, amazon, square, tills]
