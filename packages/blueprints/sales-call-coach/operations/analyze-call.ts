import { Id, operation, type Context } from '@guildhall/kernel'
import { ConversationError } from '@guildhall/engines/conversation'
import { invalidInput } from '@guildhall/kernel'
import { z } from 'zod'
import type { InstalledProject } from '@guildhall/modules/projects'
import type { Transcript } from '@guildhall/standards/transcript'
import { assignRep } from '../analysis/assign-rep.ts'
import { CallAnalysis } from '../analysis/call-analysis.ts'
import { computeInRun } from '../analysis/compute-analysis.ts'
import { describeCall, earlierWords } from '../analysis/describe-call.ts'
import { readTranscriptFile, readTranscriptText, transcriptHash } from '../analysis/read-transcript.ts'
import { repOf, saveAnalysis, saveCall, teachCall } from '../analysis/save-call.ts'
import { storedTranscript } from '../analysis/stored-call.ts'
import { blueprintId } from '../blueprint-id.ts'

export const analyzeCall = operation({
  name: 'coach.analyze-call',
  summary:
    'Analyse a sales call: metrics, objections, score with evidence, and words by a model where one is configured',
  description:
    'Give a transcript (WebVTT, SubRip, vCon, JSON of a transcription service, or `Name: text` lines), the id of an uploaded file, or the id of a stored call. Every quote in the answer stands in the transcript.',
  route: 'POST /analyze-call',
  permission: 'records:write',
  tenant: 'client',
  external: true,
  maxBody: 16 * 1024 * 1024,
  input: z
    .object({
      projectId: Id.optional().describe('Only needed when the client has several sales-call coaches'),
      transcript: z.string().max(12_000_000).optional().describe('The transcript itself'),
      filename: z.string().max(300).optional().describe('Name it had, to tell the format'),
      fileId: Id.optional().describe('An uploaded transcript or recording'),
      callId: Id.optional().describe('A call that is stored already'),
      title: z.string().min(1).max(300).optional(),
      rep: z
        .string()
        .max(200)
        .optional()
        .describe('Name of the sales representative; the speaker of this name is taken for the one who sells'),
      clientId: Id.optional(),
      campaignId: Id.optional(),
    })
    .refine(
      (input) => [input.transcript, input.fileId, input.callId].filter((each) => each !== undefined).length === 1,
      {
        error: 'give exactly one of transcript, fileId and callId',
        path: ['transcript'],
      },
    ),
  output: z.object({
    analysisId: z.string(),
    callId: z.string(),
    runId: z.string(),
    title: z.string(),
    source: z
      .enum(['model', 'cached', 'computed'])
      .describe('Who found the words: a model now, an earlier analysis of this call, or nobody'),
    missing: z.string().nullable().describe('What is missing and how to get it; null when nothing is'),
    analysis: CallAnalysis,
  }),
  async run(input, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, input.projectId)
    const { value } = await ctx.services.runs.record(
      ctx,
      { kind: 'analysis', title: input.title ?? input.filename ?? 'Call', projectId: project.id, input },
      async (run) => {
        const read = await readInput(input, ctx, project, run)
        const { title } = read
        const transcript = assignRep(read.transcript, input.rep)
        const computed = await computeInRun(transcript, run).catch(refuseConversation)
        const rep = input.rep ?? repOf(transcript, computed.metrics.sides)
        // The call is stored before any model is asked: a crash or a failure later loses nothing that was given.
        const call = await ctx.transaction((tx) =>
          saveCall(tx, project, transcript, {
            title,
            rep,
            outcome: computed.metrics.nextStep.status === 'agreed' ? 'next-step' : 'open',
            clientId: input.clientId,
            campaignId: input.campaignId,
            recordingFileId: read.recordingFileId,
          }),
        )
        if (call.sourceId === null) await teachCall(ctx, project, transcript, { id: call.id, title })
        const described = await describeCall(ctx, run, transcript, computed)
        const hash = transcriptHash(transcript)
        const earlier = described.language ? null : await earlierLanguage(ctx, project, hash)
        const analysis: CallAnalysis = { ...computed, language: described.language ?? earlier }
        const source = described.language ? described.source : earlier ? ('cached' as const) : ('computed' as const)
        const missing = described.language || !earlier ? described.missing : `${described.reason} ${earlierWords}`
        const analysisId = await ctx.transaction((tx) =>
          saveAnalysis(tx, project, {
            callId: call.id,
            title,
            rep,
            transcriptHash: hash,
            analysis,
            source,
            missing,
            at: ctx.now(),
            runId: run.id,
          }),
        )
        return { analysisId, callId: call.id, runId: run.id, title, source, missing, analysis }
      },
    )
    return value
  },
})

interface Given {
  transcript?: string | undefined
  filename?: string | undefined
  fileId?: string | undefined
  callId?: string | undefined
  title?: string | undefined
}

async function readInput(
  input: Given,
  ctx: Context,
  project: InstalledProject,
  run: Parameters<typeof readTranscriptFile>[2],
): Promise<{ transcript: Transcript; title: string; recordingFileId?: string }> {
  if (input.callId !== undefined) {
    const stored = await storedTranscript(ctx, project, input.callId)
    return { transcript: stored.transcript, title: input.title ?? stored.title }
  }
  if (input.fileId !== undefined) {
    const { transcript, recording, name } = await readTranscriptFile(ctx, input.fileId, run)
    return {
      transcript,
      title: input.title ?? transcript.title ?? name,
      ...(recording ? { recordingFileId: input.fileId } : {}),
    }
  }
  const transcript = readTranscriptText({ text: input.transcript ?? '', filename: input.filename }, 'transcript')
  return {
    transcript,
    title: input.title ?? transcript.title ?? input.filename ?? `Call of ${ctx.now().toISOString().slice(0, 10)}`,
  }
}

function refuseConversation(error: unknown): never {
  if (error instanceof ConversationError)
    throw invalidInput([{ field: `transcript.${error.field}`, message: error.message }])
  throw error
}

/** Words that a model found about this very transcript before. */
async function earlierLanguage(
  ctx: Context,
  project: InstalledProject,
  hash: string,
): Promise<CallAnalysis['language']> {
  const { items } = await ctx.transaction(
    (tx) =>
      tx.services.records.list<{ analysis?: unknown }>(tx, {
        projectId: project.id,
        collection: 'call-analyses',
        where: { transcriptHash: { eq: hash }, source: { eq: 'model' } },
        sort: '-analysedAt',
        limit: 1,
      }),
    { readOnly: true },
  )
  const parsed = CallAnalysis.safeParse(items[0]?.data.analysis)
  return parsed.success ? parsed.data.language : null
}
