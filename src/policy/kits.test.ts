/** What the rules of kits say, and what they refuse. */
import { recipeOf, ruleOf } from '#core/kit/recipe.ts'
import { describe, expect, it } from 'vitest'
import { kitsSchema } from './kits.ts'

describe('the rules of kits', () => {
  it('count a kit within a kit by its own parts, each SKU once', () => {
    const kits = kitsSchema.parse({
      SET: { parts: { MUG: 2, TRAY: 1 } },
      BOX: { parts: { SET: 2, MUG: 1, CARD: 1 }, upTo: 3, share: 1 },
    })
    expect(recipeOf({ kits }, 'BOX')).toEqual({
      parts: [
        { sku: 'CARD', quantity: 1 },
        { sku: 'MUG', quantity: 5 },
        { sku: 'TRAY', quantity: 2 },
      ],
      upTo: 3,
      share: 1,
    })
    expect(recipeOf({ kits }, 'SET')).toMatchObject({ upTo: 10, share: 0.5 })
    expect(recipeOf({ kits }, 'MUG')).toBeNull()
    expect(recipeOf({ kits }, 'constructor')).toBeNull()
    expect(ruleOf({ kits }, 'MUG')).toBe('')
  })

  it.each([
    ['itself', { SET: { parts: { SET: 1 } } }, ['SET', 'parts', 'SET'], 'SET has SET'],
    [
      'one that has it',
      { MUG: { parts: { CLAY: 1 } }, SET: { parts: { MUG: 1, BOX: 1 } }, BOX: { parts: { SET: 1 } } },
      ['SET', 'parts', 'BOX'],
      'SET has BOX has SET',
    ],
  ])('refuse a kit that has %s among its parts, and say where', (_, kits, path, words) => {
    const [issue] = kitsSchema.safeParse(kits).error!.issues
    expect(issue!.path).toEqual(path)
    expect(issue!.message).toContain(words)
  })

  it('refuse a kit of nothing', () => {
    expect(kitsSchema.safeParse({ SET: { parts: {} } }).success).toBe(false)
  })
})
