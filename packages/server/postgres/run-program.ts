import { spawn } from 'node:child_process'
import type { Account } from './account.ts'

export interface ProgramOptions {
  /** Folder in which the program starts; entered before privileges are dropped, so it may be unreachable later. */
  cwd: string
  account: Account | null
  /** Open file that takes the output, for programs that leave a daemon behind: a pipe would stay open with it. */
  outputFd?: number
}

export interface ProgramResult {
  /** Exit code; null when the program could not be run or was killed. */
  code: number | null
  /** Standard output and error together; empty when they went to a file. */
  output: string
}

/** Runs a PostgreSQL program without a shell and with a clean environment, so the user's PG* variables do not reach it. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const clean = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  const sink = options.outputFd ?? 'pipe'
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      ...(options.account ? { uid: options.account.uid, gid: options.account.gid } : {}),
      env: process.platform === 'win32' ? { ...process.env, TZ: 'UTC' } : clean,
      stdio: ['ignore', sink, sink],
      windowsHide: true,
    })
    const output: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output: Buffer.concat(output).toString() }))
  })
}
