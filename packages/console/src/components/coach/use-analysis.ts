import { useRouter } from 'vue-router'
import { answer } from '@/api/client'
import { useMessages } from '@/composables/use-messages'
import { useAct } from '@/composables/use-act'
import { callKeys } from '@/composables/use-coach'
import { useTenant } from '@/composables/use-tenant'

export interface AnalysisRequest {
  transcript?: string
  filename?: string
  fileId?: string
  callId?: string
  title?: string
  rep?: string
  clientId?: string
}

interface AnalysisOptions {
  inline?: boolean
  /** Whether somebody still waits for it; who has gone on is told instead of taken there. */
  awaited?: () => boolean
  onDone?: () => void
}

/** Analyses a call and opens what came of it. */
export function useAnalysis(projectId: string, options: AnalysisOptions = {}) {
  const router = useRouter()
  const { base } = useTenant()
  const { say } = useMessages()
  // Somebody may be at another client when it is done.
  const home = base.value
  return useAct(
    (api, request: AnalysisRequest) => answer(api.POST('/api/analyze-call', { body: { projectId, ...request } })),
    {
      inline: options.inline ?? false,
      refresh: callKeys(projectId),
      onDone(result) {
        const address = `${home}/projects/${projectId}/calls/${result.callId}`
        if (options.awaited?.() === false) {
          say({
            title: 'The call is analysed',
            description: result.title,
            color: 'success',
            icon: 'i-lucide-check',
            actions: [
              { label: 'Open it', color: 'neutral', variant: 'outline', onClick: () => void router.push(address) },
            ],
          })
          return
        }
        options.onDone?.()
        void router.push(address)
      },
    },
  )
}
