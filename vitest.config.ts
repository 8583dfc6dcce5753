/** How the tests run: in threads that share what they load, since isolating each file costs more than the tests do. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'tools/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    // Ends what hangs. A busy machine is no reason to fail: nothing here takes a tenth of it on a quiet one.
    testTimeout: 900_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    globalSetup: ['tests/support/setup.ts'],
    setupFiles: ['tests/support/seed.ts'],
  },
})
