/** Telephone numbers as E.164 writes them, so that one number is one text however it was typed. */

/** Calling code and what is dialled in front of a number inside the country (ITU-T E.164 and E.129). */
const PLANS: Readonly<Record<string, readonly [code: string, trunk: string]>> = {
  AE: ['971', '0'], AR: ['54', '0'], AT: ['43', '0'], AU: ['61', '0'], BE: ['32', '0'], BG: ['359', '0'],
  BR: ['55', '0'], CA: ['1', '1'], CH: ['41', '0'], CL: ['56', ''], CN: ['86', '0'], CO: ['57', ''], CY: ['357', ''],
  CZ: ['420', ''], DE: ['49', '0'], DK: ['45', ''], EE: ['372', ''], ES: ['34', ''], FI: ['358', '0'], FR: ['33', '0'],
  GB: ['44', '0'], GR: ['30', ''], HK: ['852', ''], HR: ['385', '0'], HU: ['36', '06'], IE: ['353', '0'],
  IL: ['972', '0'], IN: ['91', '0'], IS: ['354', ''], IT: ['39', ''], JP: ['81', '0'], KR: ['82', '0'], LT: ['370', '0'],
  LU: ['352', ''], LV: ['371', ''], MT: ['356', ''], MX: ['52', ''], MY: ['60', '0'], NL: ['31', '0'], NO: ['47', ''],
  NZ: ['64', '0'], PL: ['48', ''], PT: ['351', ''], RO: ['40', '0'], RS: ['381', '0'], SA: ['966', '0'], SE: ['46', '0'],
  SG: ['65', ''], SI: ['386', '0'], SK: ['421', '0'], TH: ['66', '0'], TR: ['90', '0'], UA: ['380', '0'], US: ['1', '1'],
  ZA: ['27', '0'],
} // prettier-ignore

/** An extension is dialled to reach somebody behind the number: the number itself is not theirs. */
const EXTENSION = /(?:ext|extension|durchwahl|#|;|x)\W*\d+\s*$/i

/**
 * `+4915112345678`, from whatever somebody typed. @param country ISO 3166-1 alpha-2 of the person, for numbers that do
 * not say. @returns null where it cannot be told which number it is.
 */
export function e164(typed: string, country?: string): string | null {
  if (EXTENSION.test(typed) || /[a-z]/i.test(typed)) return null
  // "+44 (0)20 …": the zero in brackets is for callers inside the country.
  const plain = typed.replace(/(?<=\+[\d\s]*)\(0\)/, '')
  const digits = plain.replace(/\D/g, '')
  const [code, trunk] = PLANS[country ?? ''] ?? []
  if (plain.trim().startsWith('+')) return international(digits)
  if (code === '1' && digits.startsWith('011')) return international(digits.slice(3))
  if (digits.startsWith('00')) return international(digits.slice(2))
  if (code === undefined) return null
  const national = trunk && digits.startsWith(trunk) ? digits.slice(trunk.length) : digits
  if (code === '1') return national.length === 10 ? `+1${national}` : null
  return international(`${code}${national}`)
}

const international = (digits: string): string | null => (/^[1-9]\d{7,14}$/.test(digits) ? `+${digits}` : null)
