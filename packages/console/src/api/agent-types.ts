import type { Citation } from './types'

export interface AgentSummary {
  id: string
  slug: string
  name: string
  description: string
  state: 'draft' | 'published' | 'archived'
  /** Number of the published version; null before the first. */
  publishedVersion: number | null
  hasDraft: boolean
  projectId: string | null
  starters: string[]
  updatedAt: string
}

export interface AgentDefinition {
  name: string
  description: string
  instructions: string
  model: string | null
  tools: string[]
  knowledge: string[]
  starters: string[]
  guardrails: { onlyFromKnowledge: boolean; maxToolCalls: number; blockedTopics: string[] }
  budget: { maxCostMicrosPerRun: number | null; maxCostMicrosPerDay: number | null }
}

export interface AgentDetail extends AgentSummary {
  draft: AgentDefinition
  published: AgentDefinition | null
  availableTools: { name: string; summary: string }[]
}

export interface AgentVersion {
  version: number
  publishedAt: string
  publishedBy: string | null
  note: string | null
  definition: AgentDefinition
}

export interface ValidationIssue {
  field: string
  message: string
  level: 'error' | 'warning'
}

export interface ChatSummary {
  id: string
  title: string
  agent: { id: string; name: string } | null
  createdAt: string
  updatedAt: string
}

export interface RunPart {
  runId: string
  provider: string
  model: string
  source: 'fresh' | 'cached' | 'extractive'
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
