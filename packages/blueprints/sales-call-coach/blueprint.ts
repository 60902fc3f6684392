import { defineBlueprint } from '@guildhall/modules/projects'
import { coach } from './agents/coach.ts'
import { blueprintId } from './blueprint-id.ts'
import { collections } from './collections/index.ts'
import { addTrainingMaterial } from './operations/add-training-material.ts'
import { analyzeCall } from './operations/analyze-call.ts'
import { exportCall } from './operations/export-call.ts'
import { generateImage } from './operations/generate-image.ts'
import { getProgress } from './operations/get-progress.ts'
import { importLocalStorage } from './operations/import-local-storage.ts'
import { listObjections } from './operations/list-objections.ts'
import { removeCall } from './operations/remove-call.ts'
import { removeTrainingMaterial } from './operations/remove-training-material.ts'
import { restoreCall } from './operations/restore-call.ts'
import { roleplay } from './operations/roleplay.ts'
import { searchMarket } from './operations/search-market.ts'
import { makeSample } from './sample/make-sample.ts'
import { views } from './views.ts'

export const salesCallCoach = defineBlueprint({
  id: blueprintId,
  version: 1,
  title: 'Sales-call coach',
  summary: 'Upload a call, see what happened in figures, get a score with evidence, practise the next one.',
  audience: 'Sales teams and their managers',
  icon: 'i-lucide-headset',
  standards: ['vCon (draft-ietf-vcon-vcon-core)', 'WebVTT', 'SubRip'],
  collections,
  buckets: [
    { name: 'training-materials', title: 'Training materials', accept: [] },
    {
      name: 'call-recordings',
      title: 'Recordings and transcripts',
      accept: ['audio/*', 'video/*', 'text/*', 'application/json', 'application/x-subrip'],
    },
    {
      name: 'user-avatars',
      title: 'Pictures of people',
      accept: ['image/png', 'image/jpeg', 'image/webp'],
      maxBytes: 5 * 1024 * 1024,
    },
    { name: 'campaign-images', title: 'Campaign images', accept: ['image/png', 'image/jpeg', 'image/webp'] },
  ],
  knowledge: [
    { key: 'training', title: 'Training materials' },
    { key: 'calls', title: 'Calls of the team' },
  ],
  agents: [coach],
  views,
  operations: [
    analyzeCall,
    exportCall,
    removeCall,
    restoreCall,
    roleplay,
    searchMarket,
    generateImage,
    addTrainingMaterial,
    removeTrainingMaterial,
    listObjections,
    getProgress,
    importLocalStorage,
  ],
  sample: makeSample,
})
