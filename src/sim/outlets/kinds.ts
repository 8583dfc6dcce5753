/** Every channel an estate may have beside its shop. */
import { mirakl } from './mirakl.ts'
import type { OutletKind } from './outlet.ts'
import { woocommerce } from './woocommerce.ts'

export const OUTLET_KINDS: readonly OutletKind[] = [woocommerce, mirakl]
