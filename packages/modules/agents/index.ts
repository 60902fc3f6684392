import { defineModule } from '@guildhall/kernel'
import { agentCompletions } from './agent-completions.ts'
import { agentNames } from './agent-names.ts'
import { agentInstaller } from './agent-installer.ts'
import { keepAnswers } from './chat/mark-interrupted.ts'
import { resumeAnswer } from './endpoints/resume-answer.ts'
import { sendMessage } from './endpoints/send-message.ts'
import { stopAnswer } from './endpoints/stop-answer.ts'
import { openInstallation } from './installation.ts'
import { archiveAgent } from './operations/archive-agent.ts'
import { createAgent } from './operations/create-agent.ts'
import { createChat } from './operations/create-chat.ts'
import { duplicateAgent } from './operations/duplicate-agent.ts'
import { getAgent } from './operations/get-agent.ts'
import { getChat } from './operations/get-chat.ts'
import { listAgentTools } from './operations/list-agent-tools.ts'
import { listAgents } from './operations/list-agents.ts'
import { listChats } from './operations/list-chats.ts'
import { listVersions } from './operations/list-versions.ts'
import { publishAgent } from './operations/publish-agent.ts'
import { removeChat } from './operations/remove-chat.ts'
import { renameChat } from './operations/rename-chat.ts'
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
    listChats,
    createChat,
    getChat,
    renameChat,
    removeChat,
  ],
  endpoints: [sendMessage, resumeAnswer, stopAnswer],
  start: keepAnswers,
  services: (runtime) => ({ agents: openInstallation(runtime), agentCompletions, agentInstaller, agentNames }),
})
