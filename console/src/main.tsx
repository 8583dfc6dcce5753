/** Starts the console. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { loginNeeded } from './api.ts'
import { App } from './app.tsx'
import { startKeys } from './keys.ts'
import { startLive } from './live.ts'
import { startRouter } from './router.ts'
import { startTheme } from './theme.ts'
import { startClock } from './time.ts'

startTheme()
startClock()
startRouter()
startKeys()
effect(() => {
  if (!loginNeeded.value) startLive()
})
render(<App />, document.querySelector('#app')!)
