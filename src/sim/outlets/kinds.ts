/** Every channel an estate may have beside its shop. */
import { amazon, amazonWithGoods } from './amazon.ts'
import { mirakl } from './mirakl.ts'
import type { OutletKind } from './outlet.ts'
import { square } from './square.ts'
import { tills } from './tills.ts'
import { woocommerce } from './woocommerce.ts'

/** Those of the demo. */
export const OUTLET_KINDS: readonly OutletKind[] = [woocommerce, amazon, mirakl]

/** Those of the seeded world. */
export const ALL_KINDS: readonly OutletKind[] = [woocommerce, mirakl, amazonWithGoods, square, tills]
