/** Marks and locks of processes hold while their holder lives and not a moment longer. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { commandOf, exclusively, isAlive, markOf, signIn, signedIn } from './processes.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossdock-processes-'))
  path = join(folder, 'lock')
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

it('a process is known by its id and its start', async () => {
  const own = markOf(process.pid)!
  expect(isAlive(own)).toBe(true)
  expect(isAlive({ ...own, started: 'another day' })).toBe(false)
  expect(commandOf(process.pid)).toContain('node')
  const dead = await deadPid()
  expect([markOf(dead), commandOf(dead)]).toEqual([null, ''])
})

it('only one is inside at a time, and all get their turn', async () => {
  let inside = 0
  let most = 0
  let turns = 0
  await Promise.all(
    Array.from({ length: 8 }, () =>
      exclusively(path, 60_000, async () => {
        most = Math.max(most, ++inside)
        await new Promise(setImmediate)
        inside--
        turns++
      }),
    ),
  )
  expect([most, turns, readdirSync(folder)]).toEqual([1, 8, []])
})

it('a lock whose holder is dead, or was cut off while writing, is taken over', async () => {
  for (const left of [
    JSON.stringify({ pid: await deadPid(), started: 'x' }),
    JSON.stringify({ pid: process.pid, started: 'before the reboot' }),
    '{"pi',
  ]) {
    writeFileSync(path, left)
    expect(await exclusively(path, 1_000, async () => 'in')).toBe('in')
    expect(readdirSync(folder)).toEqual([])
  }
})

it('a lock whose holder lives is not, and the message names it', async () => {
  writeFileSync(path, JSON.stringify(markOf(process.ppid)))
  await expect(exclusively(path, 40, async () => 'in')).rejects.toThrow(`Process ${process.ppid} has held ${path}`)
})

it('a lock is given back when the work fails', async () => {
  await expect(exclusively(path, 40, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await exclusively(path, 40, async () => 'in')).toBe('in')
})

it('the list of who signed in forgets the dead', async () => {
  const signOff = signIn(folder)
  writeFileSync(join(folder, 'gone.json'), JSON.stringify({ pid: await deadPid(), started: 'x' }))
  expect(signedIn(folder)).toEqual([markOf(process.pid)])
  signOff()
  expect([signedIn(folder), readdirSync(folder)]).toEqual([[], []])
})
