/**
 * What the property tests draw. Any two runs draw differently, so that more is seen over time; with `CROSSDOCK_SEED`, a
 * whole number, a run draws what another one with it drew. CI always has the same number: what is red there is the
 * change's, and not a case nobody drew before.
 */
import fc from 'fast-check'

const seed = process.env['CROSSDOCK_SEED']
if (seed) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) })
