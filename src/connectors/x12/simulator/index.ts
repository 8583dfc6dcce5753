/**
 * A simulated partner: reads what we leave, checks envelope, numbers and doubles as a careful warehouse does, answers
 * with 997, and sends 945 for what it ships. It refuses what a partner refuses.
 */
import type { Ledger } from '../../kit/files.ts'
import type { SimulatorIo } from '../../kit/simulator.ts'
import type { X12Config } from '../config.ts'
import { readInterchange, type Segment, wrapped } from '../envelope.ts'

export interface PartnerOrder {
  number: string
  cancelled: boolean
  recipient: string
  city: string
  lines: { sku: string; quantity: number }[]
}

export interface SentLine {
  sku: string
  ordered: number
  left: number
  /** W1201. `CC` complete, `CP` short, `BP` the rest follows, `CS` with a substitute. */
  status?: string
  insteadOf?: string
}

export interface PackedCarton {
  sscc?: string
  lines: readonly { sku: string; quantity: string; lot?: string; serials?: readonly string[] }[]
}

export interface X12Partner {
  /** Takes what lies in `out`. @param verdict of its 997. */
  work(verdict?: 'A' | 'R' | 'silent'): Promise<void>
  /** @returns the text that was left for us. */
  ship(number: string, shipment: string, lines: readonly SentLine[], change?: (text: string) => string): Promise<string>
  /** 856: how a shipment is packed. */
  pack(
    number: string,
    shipment: string,
    cartons: readonly PackedCarton[],
    change?: (text: string) => string,
  ): Promise<string>
  /** 846: what is on the shelf. */
  count(lines: readonly { sku: string; onHand: string }[], change?: (text: string) => string): Promise<string>
  /** 947: what was written off or found. */
  adjust(lines: readonly { sku: string; quantity: string; reason: string }[]): Promise<string>
  /** Leaves a text as it is. */
  leave(name: string, text: string): Promise<void>
  beliefs(): {
    orders: PartnerOrder[]
    doubles: number
    numbers: number[]
    acknowledged: string[]
    /** What our 997 refuse: the segments AK3 and AK9. */
    refused: string[]
    wrong: string[]
  }
}

const today = (io: Pick<SimulatorIo, 'now'>): string =>
  new Date(io.now()).toISOString().slice(0, 10).replaceAll('-', '')

export function createPartner(config: X12Config, files: Ledger, io: Pick<SimulatorIo, 'now'>): X12Partner {
  const theirs: X12Config = { ...config, us: config.them, them: config.us }
  const orders = new Map<string, PartnerOrder>()
  const numbers: number[] = []
  const acknowledged: string[] = []
  const refused: string[] = []
  const wrong: string[] = []
  let doubles = 0
  let sequence = 0

  const leave = (name: string, text: string) => files.write(`in/${name}`, text)
  const send = async (
    set: { code: string; set: string; segments: readonly Segment[] },
    change = (text: string) => text,
  ) => {
    sequence += 1
    const text = change(wrapped(theirs, sequence, io.now(), set))
    await leave(`${set.set}-${sequence}.edi`, text)
    return text
  }

  function take(segments: readonly Segment[]): void {
    const find = (tag: string) => segments.find(([one]) => one === tag)
    const [, code = '', number = ''] = find('W05') ?? []
    if (code === config.cancelCode) {
      const known = orders.get(number)
      if (known) known.cancelled = true
      else wrong.push(`cancels ${number}, which was never sent`)
      return
    }
    if (orders.has(number)) wrong.push(`${number} was sent twice under two numbers`)
    const lines = segments
      .filter(([tag]) => tag === 'W01')
      .map((one) => ({ sku: one[5] ?? '', quantity: Number(one[1]) }))
    const total = lines.reduce((all, { quantity }) => all + quantity, 0)
    if (String(total) !== find('W76')?.[1]) wrong.push(`W7601 of ${number} is not the sum of its lines`)
    orders.set(number, {
      number,
      cancelled: false,
      recipient: find('N1')?.[2] ?? '',
      city: find('N4')?.[1] ?? '',
      lines,
    })
  }

  return {
    async work(verdict = 'A') {
      for (const { name } of await files.list('out')) {
        const { control, groups } = readInterchange((await files.read(`out/${name}`)) ?? '')
        await files.move(`out/${name}`, `taken/${name}`)
        if (numbers.includes(Number(control))) {
          doubles += 1
          continue
        }
        numbers.push(Number(control))
        for (const group of groups) {
          if (group.code === 'FA') {
            acknowledged.push(
              ...group.transactions.map(({ segments }) => segments.find(([tag]) => tag === 'AK1')?.[2] ?? ''),
            )
            const errors = group.transactions.flatMap(({ segments }) =>
              segments.filter(([tag]) => tag === 'AK3' || tag === 'AK9'),
            )
            refused.push(...errors.filter(([tag, what]) => tag === 'AK3' || what !== 'A').map((one) => one.join('*')))
            continue
          }
          if (verdict !== 'R') for (const one of group.transactions) take(one.segments)
          if (verdict === 'silent') continue
          const ak2 = group.transactions.flatMap((one): Segment[] => [
            ['AK2', one.set, one.control],
            ...(verdict === 'R' ? [['AK3', 'N4', '4', '', '8'] as const] : []),
            ['AK5', verdict],
          ])
          await send({
            code: 'FA',
            set: '997',
            segments: [
              ['AK1', group.code, group.control],
              ...ak2,
              ['AK9', verdict, '1', '1', verdict === 'A' ? '1' : '0'],
            ],
          })
        }
      }
    },
    ship: (number, shipment, lines, change) =>
      send(
        {
          code: 'SW',
          set: '945',
          segments: [
            ['W06', 'F', number, new Date(io.now()).toISOString().slice(0, 10).replaceAll('-', ''), shipment],
            ['N1', 'SF', 'WAREHOUSE'],
            ['N9', '2I', `T-${shipment}`],
            ['W27', 'M', 'UPSN'],
            ['LX', '1'],
            ...lines.map(({ sku, ordered, left, status, insteadOf }): Segment => [
              'W12',
              status ?? (left < ordered ? 'CP' : 'CC'),
              String(ordered),
              String(left),
              String(ordered - left),
              'EA',
              '',
              'VN',
              sku,
              ...(insteadOf ? ['', '', '', '', '', '', '', '', 'VN', insteadOf] : []),
            ]),
            ['W03', String(lines.reduce((all, { left }) => all + left, 0))],
          ],
        },
        change,
      ),
    pack: (number, shipment, cartons, change) => {
      let level = 2
      const within = cartons.flatMap(({ sscc, lines }): Segment[] => {
        const carton = (level += 1)
        return [
          ['HL', String(carton), '2', 'P'],
          ...(sscc ? [['MAN', 'GM', sscc] as const] : []),
          ...lines.flatMap(({ sku, quantity, lot, serials = [] }): Segment[] => [
            ['HL', String((level += 1)), String(carton), 'I'],
            ['LIN', '', 'VN', sku, ...(lot ? ['LT', lot] : [])],
            ['SN1', '', quantity, 'EA'],
            ...serials.map((serial) => ['REF', 'SE', serial] as const),
          ]),
        ]
      })
      const segments: Segment[] = [
        ['BSN', '00', shipment, today(io), '0600'],
        ['HL', '1', '', 'S'],
        ['HL', '2', '1', 'O'],
        ['PRF', number],
        ...within,
        ['CTT', String(level)],
      ]
      return send({ code: 'SH', set: '856', segments }, change)
    },
    count: (lines, change) =>
      send(
        {
          code: 'IB',
          set: '846',
          segments: [
            ['BIA', '00', 'SI', `COUNT-${sequence + 1}`, today(io), '0600'],
            ['N1', 'WH', 'WAREHOUSE'],
            ...lines.flatMap(({ sku, onHand }, index): Segment[] => [
              ['LIN', String(index + 1), 'UP', '012345678905', 'VN', sku],
              ['QTY', '33', '0'],
              ['QTY', '17', onHand],
            ]),
            ['CTT', String(lines.length)],
          ],
        },
        change,
      ),
    adjust: (lines) =>
      send({
        code: 'AW',
        set: '947',
        segments: [
          ['W15', today(io), `ADJ-${sequence + 1}`],
          ['N1', 'WH', 'WAREHOUSE'],
          ...lines.map(({ sku, quantity, reason }): Segment => ['W19', reason, quantity, 'EA', '', 'VN', sku]),
        ],
      }),
    leave,
    beliefs: () => ({ orders: [...orders.values()], doubles, numbers, acknowledged, refused, wrong }),
  }
}
