import { z } from 'zod'

/** USD micro-units: 1,000,000 = 1 USD. Null = no limit. */
const Limit = z.int().min(0).max(1_000_000_000_000).nullable()

const guardRails = z.object({
  answerOnlyFromKnowledge: z
    .boolean()
    .describe('Answers only from its knowledge and its tools; where these have nothing it says so, without a model'),
  refuseTopics: z
    .array(z.string().trim().min(1).max(80))
    .max(50)
    .describe('Words or phrases; a question that holds one is declined before any model is asked'),
  maxSteps: z.int().min(1).max(20).describe('Model calls per answer at most'),
})

/** Calls whose price is unknown do not count; the runs that had some say "at least". */
const budget = z.object({
  maxCostMicrosPerRun: Limit.describe('USD micro-units per answer; when they are spent no further step is made'),
  maxCostMicrosPerDay: Limit.describe('USD micro-units per day (UTC); when they are spent it declines politely'),
})

const members = z.object({
  role: z.string().trim().max(200).describe('Who it is, in a few words: "Sales coach of the team"'),
  instructions: z.string().max(20_000),
  model: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe('`default` = the chain of providers of this client; else `provider/model` or the name of a model'),
  tools: z.array(z.string().min(1).max(120)).max(40).describe('Names of operations that it may call'),
  knowledgeBaseIds: z.array(z.uuid()).max(50),
  starters: z.array(z.string().trim().min(1).max(200)).max(8).describe('Questions offered on an empty chat'),
})

/** What an agent is. Lenient, so that an unfinished draft can be kept; `findConfigProblems` says what publishing needs. */
export const AgentConfig = members.extend({ guardrails: guardRails, budget })
export type AgentConfig = z.output<typeof AgentConfig>

/** Changes to a draft: members that are left out stay as they are. */
export const AgentConfigChanges = members.partial().extend({
  guardrails: guardRails.partial().optional(),
  budget: budget.partial().optional(),
})
export type AgentConfigChanges = z.output<typeof AgentConfigChanges>

const emptyConfig: AgentConfig = {
  role: '',
  instructions: '',
  model: 'default',
  tools: [],
  knowledgeBaseIds: [],
  starters: [],
  guardrails: { answerOnlyFromKnowledge: false, refuseTopics: [], maxSteps: 8 },
  budget: { maxCostMicrosPerRun: null, maxCostMicrosPerDay: null },
}

/** A whole configuration of `changes` over `config`, or over the defaults. */
export function changeConfig(changes: AgentConfigChanges, config: AgentConfig = emptyConfig): AgentConfig {
  return AgentConfig.parse({
    ...config,
    ...changes,
    guardrails: { ...config.guardrails, ...changes.guardrails },
    budget: { ...config.budget, ...changes.budget },
  })
}
