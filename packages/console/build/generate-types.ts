import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript'

const run = promisify(execFile)
const console = new URL('..', import.meta.url)
const target = new URL('src/api/schema.d.ts', console)

/** Answers of any shape, for a tree in which the server cannot describe itself yet. */
const untyped = `/* The server could not describe its API: every path is accepted and every answer untyped. */
interface UntypedOperation {
  parameters: { query?: Record<string, unknown>; path?: Record<string, string>; header?: Record<string, string>; cookie?: never }
  requestBody?: { content: { 'application/json': unknown } }
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': any } } }
}
export interface paths {
  [path: string]: {
    parameters: { query?: Record<string, unknown>; path?: Record<string, string>; header?: Record<string, string>; cookie?: never }
    get: UntypedOperation
    post: UntypedOperation
    put: UntypedOperation
    patch: UntypedOperation
    delete: UntypedOperation
  }
}
export interface components {
  schemas: Record<string, unknown>
}
`

/**
 * Writes src/api/schema.d.ts from the server's OpenAPI document.
 * @returns how many operations were typed; null when the server could not give its document
 */
export async function generateTypes(): Promise<number | null> {
  const document = await describeServer()
  const types =
    document === null ? untyped : astToString(await openapiTypescript(document, { defaultNonNullable: false }))
  const before = await readFile(target, 'utf8').catch(() => '')
  if (before !== types) await writeFile(target, types)
  return document === null ? null : countOperations(document)
}

async function describeServer(): Promise<OpenAPI3 | null> {
  const main = new URL('../server/main.ts', console).pathname
  try {
    const { stdout } = await run(process.execPath, [main, 'openapi'], { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 })
    return readDocument(stdout)
  } catch {
    return null
  }
}

function readDocument(text: string): OpenAPI3 | null {
  const parsed: unknown = JSON.parse(text)
  return isOpenApi(parsed) ? parsed : null
}

function isOpenApi(value: unknown): value is OpenAPI3 {
  return typeof value === 'object' && value !== null && 'openapi' in value && 'paths' in value
}

function countOperations(document: OpenAPI3): number {
  const methods = ['get', 'post', 'put', 'patch', 'delete']
  return Object.values(document.paths ?? {}).reduce(
    (sum, path) => sum + methods.filter((method) => method in path).length,
    0,
  )
}
