/** Which page stands at which address. */
import { useEffect, useRef } from 'preact/hooks'
import { loginNeeded } from './api.ts'
import { Frame } from './components/frame.tsx'
import { focusPage } from './keys.ts'
import { CataloguePage } from './pages/catalogue.tsx'
import { MatchingPage } from './pages/matching.tsx'
import { ConnectionsPage } from './pages/connections.tsx'
import { CustomersPage } from './pages/customers.tsx'
import { DeadLetterPage } from './pages/dead-letter.tsx'
import { DeadPage } from './pages/dead.tsx'
import { HoldsPage } from './pages/holds.tsx'
import { LoginPage } from './pages/login.tsx'
import { MissingPage } from './pages/missing.tsx'
import { OrderPage } from './pages/order.tsx'
import { OrdersPage } from './pages/orders.tsx'
import { ReconciliationPage } from './pages/reconciliation.tsx'
import { ReturnsPage } from './pages/returns.tsx'
import { SkuPage } from './pages/sku.tsx'
import { StockPage } from './pages/stock.tsx'
import { StorePage } from './pages/store.tsx'
import { StoresPage } from './pages/stores.tsx'
import { TodayPage } from './pages/today.tsx'
import { type Route, route } from './router.ts'

export function App() {
  const first = useRef(true)
  useEffect(() => {
    if (!first.current) focusPage()
    first.current = false
  }, [route.value])
  return loginNeeded.value ? <LoginPage /> : <Frame>{pageAt(route.value)}</Frame>
}

function pageAt(at: Route) {
  switch (at.page) {
    case 'today':
      return <TodayPage />
    case 'orders':
      return <OrdersPage />
    case 'order':
      return <OrderPage key={`${at.channel}/${at.externalId}`} channel={at.channel} externalId={at.externalId} />
    case 'stock':
      return <StockPage />
    case 'sku':
      return <SkuPage key={`${at.pool}/${at.sku}`} pool={at.pool} sku={at.sku} />
    case 'stores':
      return <StoresPage />
    case 'store':
      return <StorePage key={at.storeId} storeId={at.storeId} />
    case 'holds':
      return <HoldsPage />
    case 'returns':
      return <ReturnsPage />
    case 'customers':
      return <CustomersPage />
    case 'catalogue':
      return <CataloguePage />
    case 'matching':
      return <MatchingPage key={at.channel} channel={at.channel} />
    case 'dead':
      return <DeadPage />
    case 'letter':
      return <DeadLetterPage key={at.id} id={at.id} />
    case 'reconciliation':
      return <ReconciliationPage />
    case 'connections':
      return <ConnectionsPage />
    case 'missing':
      return <MissingPage />
  }
}
