/** docs/reference/rooms.md: the table of rooms, as the tidy test enforces it. */
import { OPEN_FILES, ROOMS, type Room } from '../rooms.ts'
import { page, table } from './page.ts'

const HOW = { all: '', types: ' (types)', kit: '/kit' } as const

export const roomsPage = (): string =>
  page(
    'Rooms',
    'tools/rooms.ts',
    'Relative imports never leave a room; `#room/file.ts` crosses to another. There are no barrels. `npm test` checks it.',
    table(
      ['room (`src/…`)', 'in half a sentence', 'may use', 'files of `src`', 'packages'],
      Object.entries(ROOMS).map(([name, room]) => [
        `\`${name}/\``,
        room.what,
        uses(room),
        names(room.files),
        room.packages === 'any' ? 'any, and Node’s own modules' : names(room.packages),
      ]),
    ),
    `Where only types may be used, these files may be used as a whole, since they need nothing: ${names(OPEN_FILES)}.`,
    'A connector never uses another connector, and `connectors/kit` knows none of them. Tests may use what they test with.',
  )

function uses({ uses: rooms }: Room): string {
  if (typeof rooms === 'string') return rooms
  const all = Object.entries(rooms).map(([name, how]) => `\`${name}${HOW[how]}\``.replace(' (types)`', '` (types)'))
  return all.length > 0 ? all.join(', ') : 'nothing'
}

const names = (all: readonly string[]): string => all.map((name) => `\`${name}\``).join(', ') || 'none'
