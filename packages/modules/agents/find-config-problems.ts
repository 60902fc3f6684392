import type { Context, FieldProblem } from '@guildhall/kernel'
import type { AgentConfig } from './agent-config.ts'
import { toolProblem } from './agent-tools.ts'

/**
 * What keeps a configuration from being published, by field; empty when nothing does. Asked when it is published and
 * never while it answers: a published agent works, or says in its run which outside part does not.
 */
export async function findConfigProblems(ctx: Context, config: AgentConfig): Promise<FieldProblem[]> {
  return [
    ...findOwnProblems(ctx, config),
    ...(await modelProblems(ctx, config)),
    ...(await knowledgeProblems(ctx, config)),
  ]
}

/** Those that can be seen without looking at other modules' data. */
export function findOwnProblems(ctx: Context, config: AgentConfig): FieldProblem[] {
  return [
    ...instructionProblems(config),
    ...toolProblems(ctx, config),
    ...guardRailProblems(config),
    ...budgetProblems(config),
  ]
}

function instructionProblems({ instructions }: AgentConfig): FieldProblem[] {
  return instructions.trim() === ''
    ? [{ field: 'instructions', message: 'are empty: say what the agent does and how it should answer' }]
    : []
}

function toolProblems(ctx: Context, { tools }: AgentConfig): FieldProblem[] {
  return tools.flatMap((name, index) => {
    const field = `tools.${String(index)}`
    if (tools.indexOf(name) !== index) return [{ field, message: `${name} is there twice` }]
    const message = toolProblem(ctx.services.agents.operations.get(name), name, ctx.tenant)
    return message === null ? [] : [{ field, message }]
  })
}

async function modelProblems(ctx: Context, { model }: AgentConfig): Promise<FieldProblem[]> {
  if (model === 'default' || (await ctx.services.providers.knowsModel(ctx, model))) return []
  return [{ field: 'model', message: `no provider that is configured here has ${model}; \`default\` always works` }]
}

async function knowledgeProblems(ctx: Context, { knowledgeBaseIds }: AgentConfig): Promise<FieldProblem[]> {
  if (knowledgeBaseIds.length === 0) return []
  const found = new Set(await ctx.services.knowledge.existingBases(ctx, knowledgeBaseIds))
  return knowledgeBaseIds.flatMap((id, index) =>
    found.has(id)
      ? []
      : [{ field: `knowledgeBaseIds.${String(index)}`, message: `there is no knowledge base ${id} here` }],
  )
}

function guardRailProblems({ guardrails, knowledgeBaseIds, tools }: AgentConfig): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (guardrails.answerOnlyFromKnowledge && knowledgeBaseIds.length === 0 && tools.length === 0)
    problems.push({
      field: 'guardrails.answerOnlyFromKnowledge',
      message: 'it has neither knowledge nor tools, so it could never answer; add one or switch this off',
    })
  if (tools.length > 0 && guardrails.maxSteps < 2)
    problems.push({
      field: 'guardrails.maxSteps',
      message: 'must be 2 or more for an agent with tools: one step to call a tool, one to answer',
    })
  return problems
}

function budgetProblems({ budget }: AgentConfig): FieldProblem[] {
  const problems: FieldProblem[] = []
  const { maxCostMicrosPerRun: perRun, maxCostMicrosPerDay: perDay } = budget
  const zero = 'is 0, so it could never answer with a paid model; leave it empty for no limit'
  if (perRun === 0) problems.push({ field: 'budget.maxCostMicrosPerRun', message: zero })
  if (perDay === 0) problems.push({ field: 'budget.maxCostMicrosPerDay', message: zero })
  if (perRun !== null && perDay !== null && perDay > 0 && perRun > perDay)
    problems.push({ field: 'budget.maxCostMicrosPerRun', message: 'is more than the budget of a whole day' })
  return problems
}
