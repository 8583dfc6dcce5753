/** Pieces on their way in a world of tests: they arrive in parts, come later, or never. The ERP knows, when asked. */
import type { Ahead, Lot } from '../stock/presale.ts'

const DAY_MS = 86_400_000

export class Lots {
  /** Pieces that will never come, and may have been sold before that. */
  shrunk = 0
  private lots: readonly Lot[]

  constructor(lots: readonly Lot[]) {
    this.lots = lots
  }

  get pieces(): number {
    return this.lots.reduce((all, { pieces }) => all + pieces, 0)
  }

  get ahead(): Ahead {
    return { incoming: this.lots, received: 0, since: null }
  }

  /** @returns how many there were to arrive. */
  arrive(index: number, pieces: number): number {
    const gone = Math.min(pieces, this.lots[index % this.lots.length]?.pieces ?? 0)
    this.change(index, (lot) => ({ ...lot, pieces: lot.pieces - gone }))
    return gone
  }

  shrink(index: number, pieces: number): void {
    this.shrunk += this.arrive(index, pieces)
  }

  slip(index: number, days: number): void {
    const later = (date: string) => new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
    this.change(index, (lot) => ({ ...lot, date: later(lot.date) }))
  }

  private change(index: number, to: (lot: Lot) => Lot): void {
    const at = index % Math.max(1, this.lots.length)
    this.lots = this.lots.map((lot, other) => (other === at ? to(lot) : lot))
  }
}
