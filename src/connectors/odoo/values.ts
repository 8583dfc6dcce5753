/** Odoo's way of writing values, and ours. */
import { must } from '#canon/assert.ts'
import { exponent, type Money, parseRounded } from '#canon/money.ts'
import { z } from 'zod'

/** A link to one record: `[id, name]`, or `false` when empty. */
export const link = z.union([z.tuple([z.number(), z.string()]), z.literal(false)])

/** The record a link leads to; 0 where it is empty. */
export const idOf = (value: z.infer<typeof link>): number => (value ? value[0] : 0)

/** Text; Odoo writes `false` for none. */
export const text = z.union([z.string(), z.literal(false)])

/** The text, or nothing: for optional members. */
export const some = <K extends string>(key: K, value: string | false): { [P in K]?: string } =>
  (value === false || value === '' ? {} : { [key]: value }) as { [P in K]?: string }

/** Odoo's floats carry binary noise (`2.6700000000000017`): rounded to the currency on arrival. */
export function fromFloat(value: number, currency: string): Money {
  return must(parseRounded(value.toFixed(exponent(currency) + 4), currency), `${value} is not an amount`)
}

/** `2026-11-21T05:30:00.000Z` as Odoo writes it: UTC, seconds, no zone. */
export const toOdooTime = (instant: string): string => instant.slice(0, 19).replace('T', ' ')

export const fromOdooTime = (time: string): string => `${time.replace(' ', 'T').slice(0, 19)}.000Z`

export const msToOdooTime = (ms: number): string => toOdooTime(new Date(ms).toISOString())
