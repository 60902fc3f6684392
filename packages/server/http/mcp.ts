import {
  allows,
  asProblem,
  isRead,
  methodOf,
  problemDocument,
  unauthenticated,
  type AnyOperation,
  type Caller,
  type Runtime,
} from '@guildhall/kernel'
import { createMcpHandler, Server, type AuthInfo, type Tool } from '@modelcontextprotocol/server'
import type { Hono } from 'hono'
import { refuseDeepValue } from './body.ts'
import { callerOf } from './caller.ts'
import type { HttpEnvironment } from './environment.ts'
import { jsonSchemaOf } from './json-schema.ts'

/** Serves the operations that a caller may use as MCP tools, over streamable HTTP at `/mcp`. */
export function mountMcp(app: Hono<HttpEnvironment>, runtime: Runtime, version: string): void {
  const callers = new WeakMap<AuthInfo, { caller: Caller; requestId: string; signal: AbortSignal }>()
  const handler = createMcpHandler(({ authInfo }) => {
    const session = authInfo && callers.get(authInfo)
    if (!session) throw new Error('MCP request without a caller')
    return toolServer(runtime, version, session)
  })
  app.all('/mcp', async (c) => {
    const caller = await callerOf(c, runtime)
    if (caller.actor.type === 'anonymous') throw unauthenticated()
    const authInfo: AuthInfo = { token: '', clientId: caller.actor.id, scopes: [] }
    callers.set(authInfo, { caller, requestId: c.get('requestId'), signal: c.req.raw.signal })
    return handler.fetch(c.req.raw, { authInfo })
  })
}

/** Whether this caller gets to see an operation as a tool; the permission is checked again when it is called. */
function offered(operation: AnyOperation, caller: Caller): boolean {
  if (operation.tool === false || operation.permission === 'public' || operation.permission === 'authenticated')
    return false
  const level = operation.tenant ?? 'any'
  if (level !== 'any' && level !== caller.tenant?.kind) return false
  return caller.role !== null && allows(caller.role, caller.scopes, operation.permission)
}

function describeTool(operation: AnyOperation): Tool {
  const input = jsonSchemaOf(operation.input, 'input')
  return {
    name: operation.name,
    title: operation.summary,
    description: operation.description ?? operation.summary,
    inputSchema: { ...input, type: 'object' },
    annotations: {
      readOnlyHint: isRead(operation),
      destructiveHint: methodOf(operation.route) === 'DELETE',
      idempotentHint: isRead(operation) || methodOf(operation.route) === 'PUT',
      openWorldHint: operation.external === true,
    },
  }
}

function toolServer(
  runtime: Runtime,
  version: string,
  session: { caller: Caller; requestId: string; signal: AbortSignal },
): Server {
  const server = new Server({ name: 'guildhall', title: 'Guildhall', version }, { capabilities: { tools: {} } })
  server.setRequestHandler('tools/list', () => ({
    tools: [...runtime.catalogue.operations.values()]
      .filter((operation) => offered(operation, session.caller))
      .map(describeTool),
  }))
  server.setRequestHandler('tools/call', async ({ params }) => {
    const operation = runtime.catalogue.operations.get(params.name)
    if (!operation || !offered(operation, session.caller))
      return {
        isError: true,
        content: [{ type: 'text' as const, text: `There is no tool ${params.name} for this key.` }],
      }
    try {
      // The protocol's own reader takes nesting without end.
      refuseDeepValue(params.arguments)
      const output = await runtime.execute(operation, params.arguments ?? {}, session)
      return {
        content: [{ type: 'text' as const, text: JSON.stringify(output) }],
        structuredContent: structured(output),
      }
    } catch (error) {
      const problem = asProblem(error)
      if (problem.status >= 500)
        runtime.log.error(
          { err: problem.cause ?? error, requestId: session.requestId, tool: params.name },
          problem.message,
        )
      return {
        isError: true,
        content: [{ type: 'text' as const, text: JSON.stringify(problemDocument(problem, session.requestId)) }],
      }
    }
  })
  return server
}

function structured(output: unknown): Record<string, unknown> {
  return typeof output === 'object' && output !== null && !Array.isArray(output) ? { ...output } : { result: output }
}
