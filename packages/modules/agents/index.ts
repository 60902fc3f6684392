import { defineModule } from '@guildhall/kernel'
import { openInstallation } from './installation.ts'
import { archiveAgent } from './operations/archive-agent.ts'
import { createAgent } from './operations/create-agent.ts'
import { duplicateAgent } from './operations/duplicate-agent.ts'
import { getAgent } from './operations/get-agent.ts'
import { listAgentTools } from './operations/list-agent-tools.ts'
import { listAgents } from './operations/list-agents.ts'
import { listVersions } from './operations/list-versions.ts'
import { publishAgent } from './operations/publish-agent.ts'
import { restoreAgent } from './operations/restore-agent.ts'
import { updateAgent } from './operations/update-agent.ts'
import { validateAgent } from './operations/validate-agent.ts'

export { AgentConfig } from './agent-config.ts'

export const agentsModule = defineModule({
  name: 'agents',
  operations: [
    listAgents,
    createAgent,
    getAgent,
    updateAgent,
    validateAgent,
    publishAgent,
    listVersions,
    restoreAgent,
    duplicateAgent,
    archiveAgent,
    listAgentTools,
  ],
  services: (runtime) => ({ agents: openInstallation(runtime) }),
})
