/** Every channel an estate may have beside its shop. */
import { amazon } from './amazon.ts'
import { mirakl } from './mirakl.ts'
import type { OutletKind } from './outlet.ts'
import { woocommerce } from './woocommerce.ts'

export const OUTLET_KINDS: readonly OutletKind[] = [woocommerce, amazon, mirakl]
