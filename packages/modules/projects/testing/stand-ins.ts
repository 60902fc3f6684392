import { newId, type Services } from '@guildhall/kernel'
import type { AgentInstallRequest, AgentUpgradeRequest } from '../agent-installer.ts'

export interface StandIns {
  services: Partial<Services>
  installed: AgentInstallRequest[]
  upgraded: AgentUpgradeRequest[]
  archived: string[]
  bases: { id: string; key: string; projectId?: string }[]
}

/** The two ports that projects fill and do not need to work for these tests. */
export function standIns(): StandIns {
  const found: Omit<StandIns, 'services'> = { installed: [], upgraded: [], archived: [], bases: [] }
  return {
    ...found,
    services: {
      agentInstaller: {
        async install(_ctx, request) {
          found.installed.push(request)
          return { id: newId() }
        },
        async upgrade(_ctx, request) {
          found.upgraded.push(request)
          return { keptOverrides: ['starters'] }
        },
        async archiveProject(_ctx, projectId) {
          found.archived.push(projectId)
        },
      },
      knowledge: partly<Services['knowledge']>({
        async ensureBase(_ctx, { key, projectId }) {
          const known = found.bases.find((base) => base.key === key && base.projectId === projectId)
          if (known) return { id: known.id }
          const base = { id: newId(), key, ...(projectId === undefined ? {} : { projectId }) }
          found.bases.push(base)
          return { id: base.id }
        },
        async removeProjectBases(_ctx, projectId) {
          const before = found.bases.length
          found.bases.splice(0, before, ...found.bases.filter((base) => base.projectId !== projectId))
          return before - found.bases.length
        },
      }),
    },
  }
}

/** A port of which the test uses only some methods; another one would be undefined and fail loudly. */
function partly<T>(port: Partial<T>): T {
  return port as T
}
