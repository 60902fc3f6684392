import { computed, reactive, watch } from 'vue'
import type { Agent, AgentConfig } from '@/api/agent-types'
import { answer } from '@/api/client'
import { useAct } from '@/composables/use-act'

export interface AgentForm {
  name: string
  slug: string
  description: string
  draft: AgentConfig
}

/** The draft as it is edited, until it is saved. */
export function useAgentDraft(agent: () => Agent) {
  const stored = (): AgentForm => {
    const { name, slug, description, draft } = agent()
    return structuredClone({ name, slug, description, draft: JSON.parse(JSON.stringify(draft)) as AgentConfig })
  }
  const form = reactive(stored())
  const changed = computed(() => JSON.stringify(form) !== JSON.stringify(stored()))
  const discard = () => Object.assign(form, stored())
  // Somebody else's change is taken over as long as nothing is lost by it.
  watch(agent, (_now, before) => {
    const { name, slug, description, draft } = before
    if (JSON.stringify(form) === JSON.stringify({ name, slug, description, draft })) discard()
  })

  const save = useAct(
    (api) =>
      answer(
        api.PATCH('/api/agents/{id}', {
          params: { path: { id: agent().id } },
          body: { name: form.name.trim(), slug: form.slug, description: form.description, draft: form.draft },
        }),
      ),
    { form: true, refresh: [['agent', agent().id], ['agents']], done: 'Draft saved' },
  )
  return { form, changed, discard, save }
}
