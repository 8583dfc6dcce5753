/** What the hub asks of Signifyd, as an ensure: the decision on our reference is looked for first, then it is sent. */
import { formatMoney, type Money } from '#canon/money.ts'
import type { Address } from '#canon/primitives.ts'
import type { Answer, Ask } from '#core/intents.ts'
import type { SignifydConfig } from './config.ts'
import { caseOf, decisionOf, shaped, type Told, told } from './shape.ts'
import type { Client } from './wire.ts'

export async function ensureScreening(
  client: Client,
  ask: Ask<'screening.ensure'>,
  send: SignifydConfig['send'],
): Promise<Answer<'screening.ensure'>> {
  const known = await findDecision(client, ask.reference)
  if (known) return answerOf(known)
  const body = bodyOf(ask, send)
  const answer = await client.call({ method: 'POST', path: '/orders/events/sales', body, what: 'sending the order' })
  return answerOf(shaped(told, answer, 'the answer to the order'))
}

/** Null where Signifyd does not know the order. */
async function findDecision(client: Client, reference: string): Promise<Told | null> {
  const path = `/orders/${encodeURIComponent(reference)}/decision`
  const answer = await client.call({ method: 'GET', path, what: 'looking for the decision', absent: true })
  return answer === null ? null : shaped(told, answer, 'the decision')
}

const answerOf = (said: Told): Answer<'screening.ensure'> => ({ caseId: caseOf(said), decision: decisionOf(said) })

/** Amounts are decimal numbers there. */
const decimal = (amount: Money): number => Number(formatMoney(amount))

function bodyOf(ask: Ask<'screening.ensure'>, send: SignifydConfig['send']) {
  const { customer, shippingAddress: to, billingAddress: billed, total, lines } = ask
  const may = (field: SignifydConfig['send'][number]) => send.includes(field)
  const [email, phone] = [may('email') ? customer?.email : undefined, may('phone') ? customer?.phone : undefined]
  const destination = to && may('shipping_address') ? destinationOf(to, may('name')) : null
  return {
    orderId: ask.reference,
    purchase: {
      createdAt: ask.placedAt,
      totalPrice: decimal(total),
      currency: total.currency,
      ...(email ? { confirmationEmail: email } : {}),
      ...(phone ? { confirmationPhone: phone } : {}),
      products: lines.map(({ sku, title, quantity, unitPrice }) => ({
        itemName: title,
        ...(sku === null ? {} : { itemId: sku }),
        itemQuantity: quantity,
        itemPrice: decimal(unitPrice),
      })),
      ...(destination ? { shipments: [{ destination }] } : {}),
    },
    ...(billed && may('billing_address') ? { billing: destinationOf(billed, may('name')) } : {}),
  }
}

function destinationOf(one: Address, named: boolean) {
  const { name, company, street, street2, city, region, postcode, country } = one
  return {
    ...(named && name ? { fullName: name } : {}),
    ...(named && company ? { organization: company } : {}),
    address: {
      streetAddress: street,
      ...(street2 ? { unit: street2 } : {}),
      city,
      ...(region ? { provinceCode: region } : {}),
      postalCode: postcode,
      countryCode: country,
    },
  }
}
