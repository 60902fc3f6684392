import { allows, asProblem, problemDocument, type AnyOperation, type Caller, type Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import { jsonSchema, tool, type ToolSet } from 'ai'
import { z } from 'zod'
import { roleForAgent, toolName, toolProblem } from '../agent-tools.ts'
import type { AnsweringAgent, Evidence } from './answer.ts'

/** Characters of a tool's result that a model gets to read; people and the run see all of it. */
const longestResult = 40_000

/** The agent in somebody's name: never more than that person or key may, and never more than an agent may. */
function agentCaller(ctx: Context, agent: AnsweringAgent): Caller {
  const { role, scopes, tenant } = ctx.caller
  return {
    actor: { type: 'agent', id: agent.id, name: agent.name },
    tenant,
    role: role && roleForAgent(role),
    scopes,
    method: 'internal',
  }
}

/** The agent's operations as tools of the AI SDK; each call is a step of the run. Others cannot be reached. */
export function openTools(ctx: Context, agent: AnsweringAgent, run: RunHandle, evidence: Evidence): ToolSet {
  const caller = agentCaller(ctx, agent)
  const tools: ToolSet = {}
  for (const name of agent.config.tools) {
    const operation = ctx.services.agents.operations.get(name)
    if (!operation || toolProblem(operation, name, ctx.tenant) !== null || !mayUse(caller, operation)) continue
    tools[toolName(name)] = tool({
      title: operation.summary,
      description: operation.description ?? operation.summary,
      inputSchema: jsonSchema(inputSchemaOf(operation)),
      execute: (input, { abortSignal }) =>
        run.step({ kind: 'tool', name, input }, async (step) => {
          const signal = abortSignal ?? ctx.signal
          try {
            const output = await ctx.services.agents.run(operation, input, { caller, requestId: ctx.requestId, signal })
            step.output(output)
            evidence.toolResults++
            return output
          } catch (error) {
            throw readableError(ctx, error)
          }
        }),
      toModelOutput: ({ output }) => ({ type: 'text', value: shown(output) }),
    })
  }
  return tools
}

function mayUse(caller: Caller, { permission }: AnyOperation): boolean {
  if (permission === 'public' || permission === 'authenticated' || !caller.role) return false
  return allows(caller.role, caller.scopes, permission)
}

/** JSON Schema of what the operation accepts. The kernel validates, so that a wrong input comes back by field. */
function inputSchemaOf(operation: AnyOperation): Parameters<typeof jsonSchema>[0] {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' })
  return asJsonSchema7({ ...schema, type: 'object' })
}

/** zod writes draft 2020-12, the SDK's type is draft 7; providers read the members that both have. */
function asJsonSchema7(schema: object): Parameters<typeof jsonSchema>[0] {
  return schema
}

function shown(output: unknown): string {
  const text = JSON.stringify(output ?? null)
  if (text.length <= longestResult) return text
  return `${text.slice(0, longestResult)}\n[Cut: ${String(text.length)} characters in all. Ask again with filters or a smaller limit.]`
}

/** A problem as the model can read and mend it; a bug gives nothing away. */
function readableError(ctx: Context, error: unknown): Error {
  if (ctx.signal.aborted) return error instanceof Error ? error : new Error(String(error))
  const problem = asProblem(error)
  if (problem.status >= 500) ctx.log.error({ err: problem.cause ?? error }, 'tool of an agent failed')
  return new Error(JSON.stringify(problemDocument(problem, ctx.requestId)), { cause: error })
}
