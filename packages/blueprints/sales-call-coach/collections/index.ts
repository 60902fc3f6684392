import type { CollectionDefinition } from '@guildhall/modules/projects'
import { callAnalyses } from './call-analyses.ts'
import { calls } from './calls.ts'
import { campaigns } from './campaigns.ts'
import { clients } from './clients.ts'
import { rolePlays } from './role-plays.ts'
import { signUps } from './sign-ups.ts'
import { trainingMaterials } from './training-materials.ts'

export const collections: CollectionDefinition[] = [
  calls,
  callAnalyses,
  rolePlays,
  clients,
  trainingMaterials,
  campaigns,
  signUps,
]
