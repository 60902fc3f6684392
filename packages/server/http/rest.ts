import { isRead, methodOf, pathOf, pathParameters, type AnyOperation, type Runtime } from '@guildhall/kernel'
import type { Context, Hono } from 'hono'
import { readJson } from './body.ts'
import { callerOf } from './caller.ts'
import { compressedJson } from './compressed-json.ts'
import { coerce, jsonSchemaOf, propertiesOf, type JsonSchema } from './json-schema.ts'
import type { HttpEnvironment } from './environment.ts'

const defaultMaxBody = 1024 * 1024

/** Serves each operation under `/api`: the path, the query and the JSON body become its input, nothing more. */
export function mountRest(app: Hono<HttpEnvironment>, runtime: Runtime): void {
  for (const operation of runtime.catalogue.operations.values()) {
    const path = `/api${pathOf(operation.route).replaceAll(/\{(\w+)\}/g, ':$1')}`
    const properties = propertiesOf(jsonSchemaOf(operation.input, 'input'))
    app.on(methodOf(operation.route), path, (c) => serve(c, runtime, operation, properties))
  }
}

async function serve(
  c: Context<HttpEnvironment>,
  runtime: Runtime,
  operation: AnyOperation,
  properties: Record<string, JsonSchema>,
): Promise<Response> {
  const caller = await callerOf(c, runtime)
  const input = await readInput(c, operation, properties)
  const idempotencyKey = isRead(operation) ? undefined : c.req.header('idempotency-key')
  const output = await runtime.execute(operation, input, {
    caller,
    requestId: c.get('requestId'),
    signal: c.req.raw.signal,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  })
  const status = operation.status ?? 200
  if (methodOf(operation.route) !== 'GET') return c.json(output as object, status, { 'cache-control': 'no-store' })
  const { body, encoding } = await compressedJson(c.req.raw, output)
  return c.body(body, status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(encoding === null ? {} : { 'content-encoding': encoding }),
  })
}

async function readInput(
  c: Context<HttpEnvironment>,
  operation: AnyOperation,
  properties: Record<string, JsonSchema>,
): Promise<unknown> {
  const method = methodOf(operation.route)
  const fromPath: Record<string, unknown> = {}
  for (const name of pathParameters(operation.route)) fromPath[name] = coerce(c.req.param(name) ?? '', properties[name])
  if (method === 'GET') {
    const query: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(c.req.query())) query[name] = coerce(value, properties[name])
    return { ...query, ...fromPath }
  }
  const body = await readJson(c.req.raw, operation.maxBody ?? defaultMaxBody)
  if (method === 'DELETE' && body === undefined) {
    const query: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(c.req.query())) query[name] = coerce(value, properties[name])
    return { ...query, ...fromPath }
  }
  // A body that is not an object is left as it is: validation refuses it by name.
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) return body
  return { ...body, ...fromPath }
}
