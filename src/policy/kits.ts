/** Kits and bundles: what each is made of, and how much of its parts it may have beside those that are sold alone. */
import { z } from 'zod'

const sku = z.string().min(1).max(120)

const kit = z.strictObject({
  parts: z
    .record(sku, z.int().min(1).max(1_000))
    .refine((parts) => Object.keys(parts).length > 0, 'A kit has at least one part.')
    .describe('Pieces of each part in one kit, by SKU. A part may be a kit itself.'),
  upTo: z
    .int()
    .min(0)
    .max(10_000)
    .default(10)
    .describe('Kits whose parts are set aside beside what was sold: as many are on offer at a time, at most.'),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      'Of what there is of each part, the kit is given this share at most. A part that no channel sells alone may go into kits as a whole.',
    ),
})

/** The way from a kit back to itself, where there is one. */
function cycleIn(
  kits: Readonly<Record<string, { parts: Readonly<Record<string, number>> }>>,
  sku: string,
): string[] | null {
  const visit = (one: string, within: readonly string[]): string[] | null => {
    for (const part of Object.keys(Object.hasOwn(kits, one) ? kits[one]!.parts : {})) {
      if (part === sku) return [...within, part]
      const found = within.includes(part) ? null : visit(part, [...within, part])
      if (found) return found
    }
    return null
  }
  return visit(sku, [sku])
}

export const kitsSchema = z.record(sku, kit).superRefine((kits, context) => {
  for (const name of Object.keys(kits)) {
    const cycle = cycleIn(kits, name)
    if (!cycle) continue
    const message = `The kit ${name} is among its own parts: ${cycle.join(' has ')}. Take it out of one of them.`
    context.addIssue({ code: 'custom', path: [name, 'parts', cycle[1]!], message })
  }
})
