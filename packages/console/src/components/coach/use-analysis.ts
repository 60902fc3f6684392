import { useRouter } from 'vue-router'
import type { AnalyzedCall } from '@/api/coach-types'
import { answer } from '@/api/client'
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

const said: Record<AnalyzedCall['source'], string> = {
  model: 'Analysed, with words by a model',
  cached: 'Analysed, with the words of an earlier analysis',
  computed: 'Analysed by computation alone',
}

/** Analyses a call and opens what came of it. */
export function useAnalysis(projectId: string, options: { form?: boolean; onDone?: () => void } = {}) {
  const router = useRouter()
  const { base } = useTenant()
  return useAct(
    (api, request: AnalysisRequest) => answer(api.POST('/api/analyze-call', { body: { projectId, ...request } })),
    {
      form: options.form ?? false,
      refresh: callKeys(projectId),
      done: (result) => said[result.source],
      onDone(result) {
        options.onDone?.()
        void router.push(`${base.value}/projects/${projectId}/calls/${result.callId}`)
      },
    },
  )
}
