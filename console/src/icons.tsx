/** The few drawings of the console, all on one 24-unit grid, and the logo: goods crossing over a dock. */
import type { ComponentChildren } from 'preact'

const Icon = ({ children }: { children: ComponentChildren }) => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
)

export const Logo = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="7" fill="#0d5c54" />
    <g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">
      <path d="M7.5 19 22 7.5M16.4 7.5H22v5.4" />
      <path d="M7.5 7.5 12 11M16.6 14.9 22 19M22 13.6V19h-5.4" opacity=".82" />
      <path d="M5.5 25h21" />
    </g>
  </svg>
)

export const TodayIcon = () => (
  <Icon>
    <path d="M3 12h4l3-7 4 14 3-7h4" />
  </Icon>
)
export const OrdersIcon = () => (
  <Icon>
    <path d="M5 4h14v16l-3-2-2 2-2-2-2 2-2-2-3 2zM9 9h6M9 13h6" />
  </Icon>
)
export const StockIcon = () => (
  <Icon>
    <path d="m12 3 8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9" />
  </Icon>
)
export const StoresIcon = () => (
  <Icon>
    <path d="M4 10v10h16V10M3 10l2-6h14l2 6a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0zM10 20v-5h4v5" />
  </Icon>
)
export const AttentionIcon = () => (
  <Icon>
    <path d="M12 4 21 20H3zM12 10v4m0 3v.01" />
  </Icon>
)
export const HoldsIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M10 9v6m4-6v6" />
  </Icon>
)
export const CustomersIcon = () => (
  <Icon>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 20a6.5 6.5 0 0 1 13 0M15 4.8a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5" />
  </Icon>
)
export const ReturnsIcon = () => (
  <Icon>
    <path d="M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v2" />
  </Icon>
)
export const ConnectionsIcon = () => (
  <Icon>
    <path d="M9 7V3m6 4V3M7 7h10v4a5 5 0 0 1-10 0zM12 16v5" />
  </Icon>
)
export const ReconciliationIcon = () => (
  <Icon>
    <path d="M12 4v16M5 8h14M5 8l-3 7a3.4 3.4 0 0 0 6 0zm14 0-3 7a3.4 3.4 0 0 0 6 0zM8 20h8" />
  </Icon>
)
export const SunIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4" />
  </Icon>
)
export const CatalogueIcon = () => (
  <Icon>
    <path d="M4 5h7v15H4zM13 5h7v15h-7zM6.5 9h2M15.5 9h2M6.5 12h2M15.5 12h2" />
  </Icon>
)
export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5z" />
  </Icon>
)
export const SystemIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor" />
  </Icon>
)
export const KeysIcon = () => (
  <Icon>
    <rect x="3" y="6" width="18" height="12" rx="2" />
    <path d="M7 10h.01M11 10h.01M15 10h.01M8 14h8" />
  </Icon>
)

const KIND_PATHS: Readonly<Record<string, string>> = {
  shopify: 'M6 8h12l1 12H5zM9 8a3 3 0 0 1 6 0',
  woocommerce: 'M3 4h3l2 11h10l2-8H7M9 19h.01M17 19h.01',
  amazon: 'M4 6h16v12H4zM4 10h16M10 6v4h4V6',
  mirakl: 'M4 20V9l8-5 8 5v11M8 20v-7h8v7',
  square: 'M5 3h14v18H5zM8 7h8M8 12h.01M12 12h.01M16 12h.01M8 16h8',
  till: 'M5 11h14l2 9H3zM8 11V5h8v6M7 15h.01M12 15h.01M17 15h.01',
  direct: 'm8 8-4 4 4 4m8-8 4 4-4 4m-3-11-2 14',
  odoo: 'M4 6h16v4H4zM4 14h16v4H4zM7 8h.01M7 16h.01',
}

/** What kind of system a connection is, beside its name. */
export const KindIcon = ({ kind }: { kind: string }) => (
  <span class="kind-icon">
    <Icon>
      <path d={KIND_PATHS[kind] ?? 'M9 7V3m6 4V3M7 7h10v4a5 5 0 0 1-10 0zM12 16v5'} />
    </Icon>
  </span>
)
