/** A process that does business with a remembered estate, tells what it was answered line by line, and is killed. */
import { businessStep, openTested } from './memory-testing.ts'

const memory = await openTested(process.argv[2]!, 0, Number(process.argv[3]))
for (let step = 0; ; step += 1) {
  const answered = await businessStep(memory, step)
  // A pipe takes a line at once: what stands in it was answered before the kill.
  if (answered !== null) process.stdout.write(`${answered}\n`)
}
