/**
 * What the property tests draw. Any two runs draw differently, so that more is seen over time; with `CROSSDOCK_SEED`, a
 * whole number, a run draws what another one with it drew. CI takes the number from the tree it tests: the same change
 * has the same result twice.
 */
import fc from 'fast-check'

const seed = process.env['CROSSDOCK_SEED']
if (seed) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) })
