/** Words for what one part of the hub tells another, or a person asks of it. */

const COMMAND_WORDS: Readonly<Record<string, string>> = {
  'order.retry': 'A person asked to try again',
  'order.cancel': 'A person asked to cancel',
  'order.noteHold': 'Stock told the order where it stands',
  'order.noteShipped': 'The warehouse told the order what has left',
  'order.noteException': 'The order was told of a problem',
  'stock.hold': 'The order asked stock to hold its goods',
  'stock.confirmHold': 'Stock was told that the ERP reserves now',
  'stock.release': 'Stock was told to let the goods go',
  'stock.know': 'Stock was told whether the ERP counts the SKU',
  'stock.bind': 'Stock was told where the channel counts',
  'stock.seen': 'Stock was told what the channel shows',
  'stock.caughtUp': 'Stock was told how far the orders are known',
  'channel.caughtUp': 'The feed has handed in every order up to then',
  'fulfilment.open': 'Shipping was told to expect parcels',
  'fulfilment.retry': 'Shipping was told to announce again',
  'offer.weigh': 'The product told what the channel should show',
  'offer.retry': 'A person asked to try again',
  'offer.look': 'It is time to look whether the channel shows it',
  'customer.record': "The customer's data was passed on",
  'customer.look': 'A person had it looked for the same person elsewhere',
  'customer.meet': 'Another record shares an address, a number or a place',
  'customer.compare': 'The other record told what it knows',
  'customer.join': 'It was asked to be joined with another record',
  'customer.part': 'A person took the record out of another one',
  'customer.keepApart': 'A person said that another record is somebody else',
  'customer.absorb': 'A record that was joined to it told what it knows',
  'customer.release': 'A record was taken out of it',
}

export const notedTitle = (command: string): string => COMMAND_WORDS[command] ?? `Told: ${command}`
