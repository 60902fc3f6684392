import { analyseCall } from '@guildhall/engines/conversation'
import type { RunHandle } from '@guildhall/modules/runs'
import type { Transcript } from '@guildhall/standards/transcript'
import type { CallAnalysis } from './call-analysis.ts'
import { summarise } from './summarise.ts'

type Computed = Omit<CallAnalysis, 'language'>

/** The part of an analysis that needs no model. Pure. @throws ConversationError */
export function computeAnalysis(transcript: Transcript): Computed {
  const {
    metrics,
    objections: { objections },
    score,
    moments: { moments },
  } = analyseCall(transcript)
  // Without a side that sells there is nobody to judge: a score would be that of a silent rep.
  const judged = metrics.words.rep > 0 ? score : { ...score, total: null }
  return { metrics, objections, score: judged, moments, computedSummary: summarise(metrics, objections, judged) }
}

/** The same with each engine call as a step of a run, so that the figures can be traced. */
export async function computeInRun(transcript: Transcript, run: RunHandle): Promise<Computed> {
  return run.step(
    {
      kind: 'engine',
      name: 'conversation',
      input: { turns: transcript.turns.length, parties: transcript.parties.length },
    },
    async (step) => {
      const computed = computeAnalysis(transcript)
      step.facts({
        engine: computed.metrics.engine,
        version: computed.metrics.version,
        score: computed.score.total,
        objections: computed.objections.length,
      })
      step.output({ metrics: computed.metrics, objections: computed.objections, score: computed.score })
      return computed
    },
  )
}
