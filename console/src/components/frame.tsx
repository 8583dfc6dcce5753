/** The frame around every page: where one can go, whether the figures are live, and how it looks. */
import type { ComponentChildren } from 'preact'
import { reachable } from '../api.ts'
import {
  AttentionIcon,
  CatalogueIcon,
  ConnectionsIcon,
  CustomersIcon,
  HoldsIcon,
  KeysIcon,
  Logo,
  MoonIcon,
  OrdersIcon,
  ReconciliationIcon,
  ReturnsIcon,
  StockIcon,
  StoresIcon,
  SunIcon,
  SystemIcon,
  TodayIcon,
} from '../icons.tsx'
import { helpOpen } from '../keys.ts'
import { type LiveState, liveState, overview } from '../live.ts'
import { count, counted } from '../money.ts'
import { route } from '../router.ts'
import { nextTheme, theme, type Theme } from '../theme.ts'
import { Help } from './help.tsx'
import { Toast } from './toast.tsx'

const WAYS = [
  { page: 'today', path: '/', name: 'Today', Icon: TodayIcon },
  { page: 'orders', path: '/orders', name: 'Orders', Icon: OrdersIcon },
  { page: 'stock', path: '/stock', name: 'Stock', Icon: StockIcon },
  { page: 'stores', path: '/stores', name: 'Stores', Icon: StoresIcon },
  { page: 'holds', path: '/holds', name: 'Holds', Icon: HoldsIcon },
  { page: 'returns', path: '/returns', name: 'Returns', Icon: ReturnsIcon },
  { page: 'customers', path: '/customers', name: 'Customers', Icon: CustomersIcon },
  { page: 'catalogue', path: '/catalogue', name: 'Catalogue', Icon: CatalogueIcon },
  { page: 'dead', path: '/dead', name: 'Attention', Icon: AttentionIcon },
  { page: 'reconciliation', path: '/reconciliation', name: 'Reconciliation', Icon: ReconciliationIcon },
  { page: 'connections', path: '/connections', name: 'Connections', Icon: ConnectionsIcon },
] as const

const BELONGS: Readonly<Record<string, string>> = {
  order: 'orders',
  sku: 'stock',
  letter: 'dead',
  store: 'stores',
  matching: 'catalogue',
}

export const Frame = ({ children }: { children: ComponentChildren }) => (
  <div class="frame">
    <a class="skip" href="#main">
      Skip to the page
    </a>
    <header class="rail">
      <a class="brand" href="/">
        <Logo />
        Crossdock
      </a>
      <Ways />
      <div class="rail-foot">
        <LiveMark />
        <Tools />
      </div>
    </header>
    <div>
      <Offline />
      <main class="page" id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
    <Help />
    <Toast />
  </div>
)

function Ways() {
  const { page } = route.value
  const current = BELONGS[page] ?? page
  const waiting: Readonly<Record<string, readonly [number, string, string]>> = {
    orders: [overview.value?.stuck.count ?? 0, 'order', 'held up'],
    stores: [overview.value?.stores.late.length ?? 0, 'till', 'to look at'],
    dead: [overview.value?.queue.deadLetters ?? 0, 'dead letter', 'to mend'],
    reconciliation: [overview.value?.queue.findings ?? 0, 'difference', 'found'],
  }
  return (
    <nav class="ways" aria-label="Pages">
      {WAYS.map(({ page: name, path, name: text, Icon }) => (
        <a key={name} href={path} aria-current={current === name ? 'page' : undefined}>
          <Icon />
          {text}
          {waiting[name] && <Waiting number={waiting[name][0]} thing={waiting[name][1]} what={waiting[name][2]} />}
        </a>
      ))}
    </nav>
  )
}

function Waiting({ number, thing, what }: { number: number; thing: string; what: string }) {
  if (number === 0) return null
  return (
    <span class="count" title={`${counted(number, thing)} ${what}`}>
      {count(number)}
      <span class="hidden-text"> {what}</span>
    </span>
  )
}

const LIVE_WORDS: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
}

const LiveMark = () => (
  <p class="live" role="status" data-state={liveState.value}>
    {LIVE_WORDS[liveState.value]}
  </p>
)

const THEME_WORDS: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' }

function Tools() {
  const Icon = { system: SystemIcon, light: SunIcon, dark: MoonIcon }[theme.value]
  const label = `Colours: ${THEME_WORDS[theme.value]}. Change`
  return (
    <div class="rail-tools">
      <button type="button" class="icon-button" title={label} aria-label={label} onClick={nextTheme}>
        <Icon />
      </button>
      <button
        type="button"
        class="icon-button for-keys"
        title="Keys (?)"
        aria-label="Keys"
        onClick={() => (helpOpen.value = true)}
      >
        <KeysIcon />
      </button>
    </div>
  )
}

const BANNERS = {
  offline: 'This machine is offline. What you see is as it was; it goes on by itself when the line is back.',
  away: 'The hub does not answer. What you see is as it was; the page keeps trying. Is it running (crossdock serve)?',
  silent: 'Live news do not come through. The figures are read every few seconds until they do.',
}

function Offline() {
  if (liveState.value !== 'reconnecting' && liveState.value !== 'offline') return null
  return (
    <p class="banner" role="alert">
      {liveState.value === 'offline' ? BANNERS.offline : reachable.value ? BANNERS.silent : BANNERS.away}
    </p>
  )
}
