/** Words for how products stand in channels, and for what nobody has said the meaning of. */
import type { CatalogueRow, ChannelSync, MappingCase } from './types.ts'
import { plain, type Word } from './words.ts'

export const ROW_WORDS: Readonly<Record<CatalogueRow['status'], Word>> = {
  differs: { text: 'Differs', tone: 'warn' },
  held: { text: 'Held', tone: 'bad' },
  unlisted: { text: 'Not listed', tone: 'plain' },
  unknown: { text: 'Unknown', tone: 'bad' },
  archived: { text: 'Archived', tone: 'info' },
}

/** Tells rows apart. */
export const keyOf = ({ channel, sku }: CatalogueRow): string => `${channel}/${sku}`

export const CATALOGUE_MODES: Readonly<Record<ChannelSync['mode'], Word>> = {
  off: { text: 'Left alone', tone: 'plain' },
  dry: { text: 'Shown only', tone: 'info' },
  on: { text: 'Written', tone: 'good' },
}

const FIELDS: Readonly<Record<string, string>> = { taxClass: 'tax class' }
export const fieldOf = ({ field, attribute }: { field: string; attribute?: string | undefined }): string =>
  attribute ?? FIELDS[field] ?? field

const TROUBLES: Readonly<Record<string, string>> = {
  tax_class_unknown: 'No tax class for',
  price_missing: 'No price in the list',
  price_currency: 'Another currency:',
  word_unknown: 'No word for',
  not_possible: 'The channel cannot show it for this SKU alone:',
  contested: 'Changed back by somebody else:',
}
export const troubleOf = ({ code, about }: { code: string; about: string }): string =>
  `${TROUBLES[code] ?? plain(code)} ${about}`

interface DeskWord extends Word {
  cure: string
}

export const DESK_WORDS: Readonly<Record<MappingCase['kind'], DeskWord>> = {
  sku: {
    text: 'SKU',
    tone: 'bad',
    cure: 'Match it with a product of Odoo, create the product there, or say that it is nothing of ours.',
  },
  tax: { text: 'Tax', tone: 'bad', cure: 'Create the tax in Odoo, or give it a class under policy.catalogue.' },
  shipping: { text: 'Shipping method', tone: 'warn', cure: 'Give it a row in the table of shipping methods.' },
  location: { text: 'Location', tone: 'warn', cure: 'Name the warehouse it stands for: locations, in its policy.' },
  tender: {
    text: 'Tender',
    tone: 'bad',
    cure: 'Give the register a payment method for it in Odoo, then retry the till.',
  },
  word: { text: 'Word', tone: 'warn', cure: 'Give it a row in the table of words under policy.catalogue.' },
}
