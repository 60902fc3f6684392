import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { isKnownDead, thisProcess } from './process-identity.ts'

test('a process of this machine that has ended is known to be dead, this one and those elsewhere are not', () => {
  const ended = spawnSync(process.execPath, ['-e', '0']).pid
  expect(isKnownDead(`${hostname()}:${String(ended)}:start`)).toBe(true)
  expect(isKnownDead(thisProcess)).toBe(false)
  expect(isKnownDead(`${hostname()}:${String(process.ppid)}:start`)).toBe(false)
  expect(isKnownDead(`another-machine:${String(ended)}:start`)).toBe(false)
  expect(isKnownDead(null)).toBe(false)
})

test('an earlier process with the same id is known to be dead', () => {
  expect(isKnownDead(`${hostname()}:${String(process.pid)}:earlier-start`)).toBe(true)
})
