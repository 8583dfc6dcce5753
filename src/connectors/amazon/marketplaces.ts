/** Amazon's stores: which region serves them, what they count in, and the tax rates of goods there. */

export interface Marketplace {
  country: string
  currency: string
  region: Region
  /** Prices are shown with tax. */
  taxesIncluded: boolean
  /** Amazon tells amounts of tax and no rates; the first of these that gives the amount is taken. */
  taxRates: readonly string[]
  /** Whose calendar says which month an amount of a settlement belongs to. */
  timeZone: string
}

export type Region = 'na' | 'eu' | 'fe'

export const HOSTS: Readonly<Record<Region, string>> = {
  na: 'https://sellingpartnerapi-na.amazon.com',
  eu: 'https://sellingpartnerapi-eu.amazon.com',
  fe: 'https://sellingpartnerapi-fe.amazon.com',
}

/** Of the seat of each store: amazon.com counts its days in Seattle. */
const ZONES: Readonly<Record<string, string>> = {
  US: 'America/Los_Angeles', CA: 'America/Toronto', MX: 'America/Mexico_City',
  BR: 'America/Sao_Paulo', DE: 'Europe/Berlin', GB: 'Europe/London',
  FR: 'Europe/Paris', IT: 'Europe/Rome', ES: 'Europe/Madrid',
  NL: 'Europe/Amsterdam', BE: 'Europe/Brussels', IE: 'Europe/Dublin',
  SE: 'Europe/Stockholm', PL: 'Europe/Warsaw', TR: 'Europe/Istanbul',
  SA: 'Asia/Riyadh', AE: 'Asia/Dubai', IN: 'Asia/Kolkata',
  JP: 'Asia/Tokyo', AU: 'Australia/Sydney', SG: 'Asia/Singapore',
} // prettier-ignore

const gross = (country: string, currency: string, region: Region, ...taxRates: string[]): Marketplace => ({
  country, currency, region, taxesIncluded: true, taxRates, timeZone: ZONES[country]!,
}) // prettier-ignore
const net = (country: string, currency: string): Marketplace => ({
  country, currency, region: 'na', taxesIncluded: false, taxRates: [], timeZone: ZONES[country]!,
}) // prettier-ignore

export const MARKETPLACES: Readonly<Record<string, Marketplace>> = {
  ATVPDKIKX0DER: net('US', 'USD'),
  A2EUQ1WTGCTBG2: net('CA', 'CAD'),
  A1AM78C64UM0Y8: gross('MX', 'MXN', 'na', '0.16'),
  A2Q3Y263D00KWC: gross('BR', 'BRL', 'na'),
  A1PA6795UKMFR9: gross('DE', 'EUR', 'eu', '0.19', '0.07'),
  A1F83G8C2ARO7P: gross('GB', 'GBP', 'eu', '0.2', '0.05'),
  A13V1IB3VIYZZH: gross('FR', 'EUR', 'eu', '0.2', '0.055', '0.1', '0.021'),
  APJ6JRA9NG5V4: gross('IT', 'EUR', 'eu', '0.22', '0.1', '0.05', '0.04'),
  A1RKKUPIHCS9HS: gross('ES', 'EUR', 'eu', '0.21', '0.1', '0.04'),
  A1805IZSGTT6HS: gross('NL', 'EUR', 'eu', '0.21', '0.09'),
  AMEN7PMS3EDWL: gross('BE', 'EUR', 'eu', '0.21', '0.12', '0.06'),
  A28R8C7NBKEWEA: gross('IE', 'EUR', 'eu', '0.23', '0.135', '0.09'),
  A2NODRKZP88ZB9: gross('SE', 'SEK', 'eu', '0.25', '0.12', '0.06'),
  A1C3SOZRARQ6R3: gross('PL', 'PLN', 'eu', '0.23', '0.08', '0.05'),
  A33AVAJ2PDY3EV: gross('TR', 'TRY', 'eu', '0.2', '0.1', '0.01'),
  A17E79C6D8DWNP: gross('SA', 'SAR', 'eu', '0.15'),
  A2VIGQ35RCS4UG: gross('AE', 'AED', 'eu', '0.05'),
  A21TJRUUN4KGV: gross('IN', 'INR', 'eu', '0.18', '0.12', '0.05', '0.28'),
  A1VC38T7YXB528: gross('JP', 'JPY', 'fe', '0.1', '0.08'),
  A39IBJ37TRP1C6: gross('AU', 'AUD', 'fe', '0.1'),
  A19VAU5U5O7RUS: gross('SG', 'SGD', 'fe', '0.09'),
}
