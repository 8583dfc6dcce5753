/** A day in whose middle the database is lost, and an older one put in its place. */

export interface Loss {
  /** Takes a backup, when half of the customers have come. */
  backUp(atMs: number): Promise<void>
  /** Puts it back, when three quarters have. @returns the database's epoch. */
  restore(atMs: number): Promise<number>
}

/** What of the world the loss concerns. */
export interface Losing {
  now(): number
  /** What the hub has acknowledged; what it forgets with the database is taken out. */
  stored: Set<string>
  /** Everybody begins anew on the older database. */
  restored(epoch: number): void
}

/** @returns what has to be done when so many customers are still to come. */
export function losingIn(loss: Loss, shoppers: number, world: Losing): (left: number) => Promise<void> {
  let kept = new Set<string>()
  return async (left) => {
    if (left === Math.floor(shoppers / 2)) {
      await loss.backUp(world.now())
      kept = new Set(world.stored)
    }
    if (left !== Math.floor(shoppers / 4)) return
    const epoch = await loss.restore(world.now())
    for (const one of world.stored) if (!kept.has(one)) world.stored.delete(one)
    world.restored(epoch)
  }
}
