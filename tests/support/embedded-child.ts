/** A hub of its own process for tests that kill one: starts the embedded server in the folder given and stays. */
import { startEmbedded } from '#store/embedded.ts'

const [directory = ''] = process.argv.slice(2)
const { url } = await startEmbedded({ directory, log: () => {}, durable: false })
process.stdout.write(`${url}\n`)
setInterval(() => {}, 60_000)
