/** Tills of any make: they upload the records of their registers, by the contract in docs/tills.md. */
import type { Connector } from '../kit/connector.ts'
import { check } from './check.ts'
import { tillConfig, type TillConfig } from './config.ts'
import { folderFeed } from './folder.ts'
import { receive, translate, uploadOf } from './inbound.ts'
import { readLines } from './upload.ts'

export const till: Connector<TillConfig> = {
  name: 'till',
  api: { version: 'contract 1' },
  scopes: {},
  config: tillConfig,
  open({ stores, clockAheadMaxMs, folder }, { io }) {
    const names = Object.keys(stores)
    // Resolved at every use: a replaced key counts from then on, without a restart.
    const keys = (store: string) =>
      Object.hasOwn(stores, store) ? stores[store]!.keys.map((key) => io.secret(key)) : []
    return {
      receive: (request) => receive(request, { keys }),
      translate: (delivery) => translate(delivery, clockAheadMaxMs),
      tills: {
        stores: names,
        look: (store, body, receivedAt) => uploadOf(store, readLines(body), { receivedAt, clockAheadMaxMs }),
      },
      outbound: {},
      feeds: folder ? { folder: folderFeed(folder, names) } : {},
      upkeep: {},
      check: () => check({ stores: names, keys, folder }),
    }
  },
}
