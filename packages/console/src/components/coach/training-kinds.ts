export const materialKinds = ['playbook', 'guide', 'script', 'case-study', 'other'] as const
export type MaterialKind = (typeof materialKinds)[number]
