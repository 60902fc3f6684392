import type { Citation } from './types'

/** What an agent is: its draft, or one of its frozen versions. Money in USD micro-units. */
export interface AgentConfig {
  role: string
  instructions: string
  /** `default` = the chain of providers. */
  model: string
  tools: string[]
  knowledgeBaseIds: string[]
  starters: string[]
  guardrails: { answerOnlyFromKnowledge: boolean; refuseTopics: string[]; maxSteps: number }
  budget: { maxCostMicrosPerRun: number | null; maxCostMicrosPerDay: number | null }
}

export interface AgentSummary {
  id: string
  slug: string
  name: string
  description: string
  role: string
  model: string
  starters: string[]
  projectId: string | null
  origin: { blueprint: string; key: string; version: number } | null
  publishedVersion: number | null
  hasUnpublishedChanges: boolean
  createdAt: string
  updatedAt: string
  archivedAt: string | null
}

export type Agent = AgentSummary & { draft: AgentConfig; published: AgentConfig | null }

export interface AgentVersion {
  version: number
  config: AgentConfig
  note: string
  publishedAt: string
  publishedBy: string
  current: boolean
}

export interface AgentTool {
  name: string
  title: string
  description: string
  writes: boolean
  permission: string
  inputs: string[]
}

export interface ChatSummary {
  id: string
  title: string
  agent: { id: string; slug: string; name: string; archived: boolean }
  agentVersion: number | null
  projectId: string | null
  createdBy: { name: string; me: boolean }
  archived: boolean
  answering: boolean
  createdAt: string
  updatedAt: string
}

export interface RunPart {
  runId: string
  provider: string | null
  model: string | null
  source: 'fresh' | 'cached' | 'extractive' | null
  fallbackReason: string | null
  tokensIn: number
  tokensOut: number
  costMicros: number | null
  costComplete: boolean
  ms: number
}

export interface CitationsPart {
  items: Citation[]
}

export interface NoticesPart {
  items: { kind: string; text: string }[]
}
