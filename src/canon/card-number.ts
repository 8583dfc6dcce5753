/**
 * Keeps card numbers out. What looks like one, by its length, its first digits and its check digit, is refused before
 * it is stored, and is only ever shown masked.
 */

/** First digits and lengths of the schemes; a 13-digit number is a barcode far more often than a card. */
const SCHEMES: readonly RegExp[] = [
  /^4(\d{15}|\d{18})$/,
  /^(5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12})$/,
  /^3[47]\d{13}$/,
  /^(6011|65\d\d|64[4-9]\d)\d{12}$/,
  /^35(2[89]|[3-8]\d)\d{12}$/,
  /^3(0[0-5]|[68]\d)\d{11}$/,
  /^62\d{14,17}$/,
]

const RUN = /(?<![\w.-])\d(?:[ -]?\d){13,18}(?![\w-]|\.\d)/g

/** The first number in the text that looks like a card's, masked: `411111••••••1111`. null when there is none. */
export function cardNumberIn(text: string): string | null {
  for (const [run] of text.matchAll(RUN)) {
    const digits = run.replace(/[ -]/g, '')
    if (isCard(digits)) return masked(digits)
  }
  return null
}

/** The text with every such number masked. */
export const withoutCardNumbers = (text: string): string =>
  text.replace(RUN, (run) => {
    const digits = run.replace(/[ -]/g, '')
    return isCard(digits) ? masked(digits) : run
  })

const masked = (digits: string): string => `${digits.slice(0, 6)}${'•'.repeat(digits.length - 10)}${digits.slice(-4)}`

/** Whether digits are a card's by their first ones, their number and their check digit. */
export const isCard = (digits: string): boolean => SCHEMES.some((one) => one.test(digits)) && passesLuhn(digits)

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at])
    const doubled = at % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
