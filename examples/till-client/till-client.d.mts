export interface Till {
  ring(entry: object): { sequence: number }
  send(from?: number): Promise<{ takenTo: number; refused: object[] }>
  records: { sequence: number; txId: string }[]
}
export function openTill(options: {
  store: string
  register: string
  spool: string
  url: string
  key: string
  fetch?: typeof globalThis.fetch
}): Till
