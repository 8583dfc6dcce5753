/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const ODOO_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'odoo.access_denied': {
    cause: 'Odoo refused the login, or what stands in front of it did.',
    cure: 'Check `user` and `apiKey`, whether the key expired, and the proxy in front of Odoo.',
  },
  'odoo.access_error': {
    cause: 'The integration user may not do this.',
    cure: "Give it the groups of the connector's page, then look with `crossdock doctor`.",
  },
  'odoo.bad_call': {
    cause: 'Odoo did not understand the call.',
    cure: 'Check that the version of Odoo is a supported one; else report it with the message.',
  },
  'odoo.bad_value': {
    cause: 'Odoo did not accept a value.',
    cure: 'Read the message: it names the value. Correct it in the channel or in Odoo, then retry.',
  },
  'odoo.currency_unknown': {
    cause: "There is no price list in the order's currency.",
    cure: 'Create one in Odoo, then retry.',
  },
  'odoo.payment_term_unknown': {
    cause: 'An order names a payment term that Odoo does not have.',
    cure: 'Create it in Odoo, or correct its name where the order comes from, then retry.',
  },
  'odoo.pricelist_unknown': {
    cause: 'An order names a price list that Odoo does not have, or one in another currency.',
    cure: 'Create it in Odoo, or correct its name where the order comes from, then retry.',
  },
  'odoo.database': {
    cause: "Odoo's own database failed.",
    cure: 'It is tried again. When it stays, look at the server of Odoo.',
  },
  'odoo.database_unknown': {
    cause: 'Odoo has no database of this name.',
    cure: 'Check `database` in the configuration.',
  },
  'odoo.delivery_left': {
    cause: 'A delivery of the sale left the warehouse while the sale was being cancelled.',
    cure: 'It is tried again; the order then says what had left.',
  },
  'odoo.duplicate': {
    cause: 'Odoo has such a record already.',
    cure: 'Read the message, look at both records in Odoo, and keep one.',
  },
  'odoo.external_id_unknown': {
    cause: 'A record that the hub made was deleted in Odoo.',
    cure: 'Retry: it is looked up anew, and made again where that is right.',
  },
  'odoo.field_unknown': {
    cause: 'A field is missing in Odoo: an unsupported version, or a missing module.',
    cure: "Check version and modules against the connector's page.",
  },
  'odoo.gift_card_revenue': {
    cause: 'A gift card was sold, and its product in Odoo is booked as revenue. It is owed until it is redeemed.',
    cure: 'Give the product that the message names a liability as its income account, then retry.',
  },
  'odoo.invoice_differs': {
    cause: 'The invoice comes to another sum than the order. It was not posted.',
    cure: 'Compare both totals and their taxes, correct the sale or the draft in Odoo, then retry.',
  },
  'odoo.gift_card_tender': {
    cause: 'A till was paid with a gift card, and the payment method of that tender books no debt.',
    cure: 'Give the payment method the account that gift cards are sold on as its outstanding account, then retry.',
  },
  'odoo.invoice_paid': {
    cause: 'Less of the invoice is open than was paid: somebody booked it before. Nothing was booked.',
    cure: 'Leave the booking to the hub or to the other, and put this case away; or take the other booking back, then retry.',
  },
  'odoo.account_unknown': {
    cause: 'There is no account with this code, or it is none on which money waits.',
    cure: 'Correct `takings.account` or `policy.payouts`, or create the account in Odoo as a current asset, then retry.',
  },
  'odoo.payout_currency': {
    cause: "The payout is in another currency than the company's books. Nothing was booked.",
    cure: 'Book it by hand at the rate of the bank, then put this case away.',
  },
  'odoo.journal_unknown': {
    cause: 'There is no journal with this code.',
    cure: 'Correct `invoiceJournal`, `redemptions.journal` or `policy.payouts`, or create the journal in Odoo.',
  },
  'odoo.load_refused': {
    cause: 'Odoo refused to load the record.',
    cure: 'Read the message: it names the row and the field. Mend it, then retry.',
  },
  'odoo.locked': { cause: 'Somebody else was working on the same record.', cure: 'Nothing to do: it is tried again.' },
  'odoo.malformed': {
    cause: 'An answer does not have the shape it must have.',
    cure: 'Check the version of Odoo and modules that change these fields; else report it.',
  },
  'odoo.method_unknown': {
    cause: 'Odoo has no such method: an unsupported version, or a missing module.',
    cure: "Check version and modules against the connector's page.",
  },
  'odoo.credit_differs': {
    cause: 'The credit note would not come to what was given back.',
    cure: 'Compare the draft in Odoo with the refund in the channel; correct and post it, then retry.',
  },
  'odoo.credit_missing': {
    cause: 'Odoo reversed the invoice and shows no credit note of it.',
    cure: 'It is tried again. When it stays, look at the invoice in Odoo.',
  },
  'odoo.damaged_location': {
    cause: 'There is no location for damaged goods.',
    cure: "Correct the connection's `damagedLocation`, or create a scrap location in Odoo.",
  },
  'odoo.not_received': {
    cause: 'Odoo took the return and left it open.',
    cure: 'Open the return in Odoo: it says what is missing. Validate it there, then retry.',
  },
  'odoo.return_too_much': {
    cause: 'More pieces are said to have come back than Odoo has delivered.',
    cure: 'Look at the deliveries and returns of the sale in Odoo: they may have been booked there already.',
  },
  'odoo.not_delivered': {
    cause: 'Odoo took the delivery and left it open.',
    cure: 'Open the delivery in Odoo: it says what is missing. Validate it there, then retry.',
  },
  'odoo.deliver_too_much': {
    cause: 'More pieces have left a warehouse that others run than Odoo has open deliveries for.',
    cure: 'Look at the deliveries of the sale in Odoo: they may have been cancelled, or booked there already.',
  },
  'odoo.missing': {
    cause: 'A record that was there a moment ago is gone.',
    cure: 'Look for it in Odoo. If it was deleted by hand, restore it or cancel the order.',
  },
  'odoo.model_unknown': {
    cause: 'A module is not installed.',
    cure: "Install the modules of the connector's page.",
  },
  'odoo.not_cancelled': {
    cause: 'Odoo took the cancellation and did not cancel.',
    cure: 'Look at the sale in Odoo and cancel it there.',
  },
  'odoo.not_posted': {
    cause: 'Odoo took the posting and left a draft.',
    cure: 'Open the invoice in Odoo: it says what is missing. Then retry.',
  },
  'odoo.nothing_to_invoice': {
    cause: 'Nothing of the sale can be invoiced: not delivered yet, or cancelled.',
    cure: 'Look at the sale in Odoo: its deliveries and the invoicing policy of its products.',
  },
  'odoo.nothing_to_sell': {
    cause: 'No line of the order has anything left to deliver.',
    cure: 'Cancel the order in the channel if that is right.',
  },
  'odoo.sale_cancelled': {
    cause: 'The sale was cancelled in Odoo by hand.',
    cure: 'Set it to draft and confirm it in Odoo, then retry; or cancel the order in the channel.',
  },
  'odoo.serialization': {
    cause: 'Concurrent work in Odoo; its database rolled one back.',
    cure: 'Nothing to do: it is tried again.',
  },
  'odoo.server_error': {
    cause: 'Odoo failed in a way the hub does not know.',
    cure: "Read the message and Odoo's log; mend it, then retry.",
  },
  'odoo.receipt_differs': {
    cause: 'A receipt does not add up. Odoo would take it all the same and find out when the session is closed.',
    cure: 'Correct it in the till, and send it again.',
  },
  'odoo.receipt_left_out': {
    cause: 'The receipt was not in the sum of its day when that was posted.',
    cure: 'Mend what kept it out, then retry it: it is posted by itself.',
  },
  'odoo.receipt_unpaid': {
    cause: 'Odoo kept the till order without finishing it.',
    cure: 'Look at the till order in Odoo: pay or cancel it there, then retry.',
  },
  'odoo.register_unknown': {
    cause: 'No Point of Sale in Odoo has the name of the register.',
    cure: "Create it in Odoo, or name it with the connection's `tills.registers`, then retry.",
  },
  'odoo.session_closing': {
    cause: 'Somebody is closing the session of this register in Odoo.',
    cure: 'Finish closing it there, then retry.',
  },
  'odoo.session_missing': {
    cause: 'Odoo said nothing against opening a session, and there is none.',
    cure: 'It is tried again. When it stays, open the Point of Sale in Odoo by hand and read what it says.',
  },
  'odoo.session_unbalanced': {
    cause: 'The session cannot be closed: Odoo reckons other sums than it was told, or an order of it is a draft.',
    cure: 'Close the session in Odoo by hand: it says what is off. Then retry.',
  },
  'odoo.tender_unknown': {
    cause: 'The Point of Sale has no payment method for this tender.',
    cure: "Add it in Odoo, or name it with the connection's `tills.tenders`, then retry.",
  },
  'odoo.sku_ambiguous': {
    cause: 'More than one active product has this internal reference.',
    cure: 'Leave the reference on one of them.',
  },
  'odoo.supplier_ambiguous': {
    cause: 'Several partners have the reference that the supplier was configured with.',
    cure: 'Leave the reference on the supplier alone, then retry.',
  },
  'odoo.sku_unknown': {
    cause: 'No active product has this internal reference.',
    cure: 'Create the product in Odoo, or correct the SKU in the channel.',
  },
  'odoo.tax_unknown': {
    cause: 'There is no sales tax of this rate and kind.',
    cure: 'Create it in Odoo, with an account on its tax lines, then retry.',
  },
  'odoo.throttled': { cause: 'Odoo, or what stands before it, asked to slow down.', cure: 'Nothing to do.' },
  'odoo.topic_unknown': {
    cause: 'A stored delivery has a topic this release does not read.',
    cure: 'Run the release that stored it, or report it.',
  },
  'odoo.unavailable': {
    cause: 'Something answered that is not Odoo: an error page, or a proxy.',
    cure: 'It is tried again. When it stays, open `url` in a browser on this machine.',
  },
  'odoo.unreachable': {
    cause: 'No answer. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check `url`, the network, and whether Odoo runs.',
  },
  'odoo.user_error': {
    cause: 'Odoo refused by one of its own rules.',
    cure: "Read Odoo's sentence in the message, mend that in Odoo, then retry.",
  },
  'odoo.validation': {
    cause: 'Odoo found the record not valid.',
    cure: "Read Odoo's sentence in the message, mend that in Odoo or in the channel, then retry.",
  },
  'odoo.route_missing': {
    cause: 'A line is to leave from another warehouse, and that one has no delivery route.',
    cure: 'Choose the delivery steps of the warehouse anew in Odoo; that creates the route.',
  },
  'odoo.warehouse_unknown': {
    cause: 'There is no warehouse with this code.',
    cure: "Correct the `pool` in the policy, or map it with the connection's `warehouses`.",
  },
}
