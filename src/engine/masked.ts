/** Says that card numbers were hidden in what a connection sent, without saying which. */
import type { Engine } from './engine.ts'

/** @param told the name of the delivery, and the members people had typed them into. */
export function noteMasked(
  { meter, io }: Engine,
  connection: string,
  { key, topic, masked }: { key: string; topic: string; masked?: readonly string[] },
): void {
  meter.count('masked', [connection])
  io.log('warn', 'card numbers were hidden before a delivery was stored', { connection, key, topic, members: masked })
}

/** The same for what a feed read, of what was new. */
export function noteMaskedReadings(
  engine: Engine,
  connection: string,
  readings: readonly { key: string; topic: string; masked?: readonly string[] }[],
  stored: readonly { key: string }[],
): void {
  for (const one of readings)
    if (one.masked && stored.some(({ key }) => key === one.key)) noteMasked(engine, connection, one)
}
