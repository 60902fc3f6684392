import type { Step } from '@/api/types'

export const stepKinds: Record<Step['kind'], { label: string; icon: string }> = {
  model: { label: 'Model call', icon: 'i-lucide-sparkles' },
  tool: { label: 'Tool call', icon: 'i-lucide-wrench' },
  retrieval: { label: 'Retrieval', icon: 'i-lucide-search' },
  engine: { label: 'Computation', icon: 'i-lucide-calculator' },
  approval: { label: 'Approval', icon: 'i-lucide-user-check' },
  message: { label: 'Message', icon: 'i-lucide-message-square' },
}
