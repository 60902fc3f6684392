import type { AgentConfig } from '../../api/agent-types'

const titles: Record<keyof AgentConfig, string> = {
  role: 'Role',
  instructions: 'Instructions',
  model: 'Model',
  tools: 'Tools',
  knowledgeBaseIds: 'Knowledge',
  starters: 'Questions to begin with',
  guardrails: 'Guard rails',
  budget: 'Budget',
}

/** Which parts of a configuration differ, by the names that people see. */
export function changesOf(before: AgentConfig, after: AgentConfig): string[] {
  return (Object.keys(titles) as (keyof AgentConfig)[])
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => titles[key])
}
