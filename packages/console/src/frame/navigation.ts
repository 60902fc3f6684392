export interface NavigationItem {
  label: string
  icon: string
  to: string
  /** Active only at exactly this address. */
  exact?: boolean
  /** Least level of the person's role here. */
  needs?: 'write' | 'admin' | 'owner'
  children?: { label: string; to: string }[]
}

const gatewayPages = (base: string) => [
  { label: 'Routes', to: `${base}/routes` },
  { label: 'Provider health', to: `${base}/provider-health` },
]

export const agencyNavigation: NavigationItem[] = [
  { label: 'Overview', icon: 'i-lucide-layout-dashboard', to: '/', exact: true },
  { label: 'Clients', icon: 'i-lucide-building-2', to: '/clients', exact: true },
  { label: 'Runs', icon: 'i-lucide-activity', to: '/runs' },
  {
    label: 'Money',
    icon: 'i-lucide-circle-dollar-sign',
    to: '/money',
    needs: 'admin',
    children: [{ label: 'Ledger', to: '/ledger' }],
  },
  { label: 'Providers', icon: 'i-lucide-plug-zap', to: '/providers', children: gatewayPages('') },
  { label: 'Keys and limits', icon: 'i-lucide-key-round', to: '/keys', needs: 'admin' },
  { label: 'People', icon: 'i-lucide-users', to: '/people' },
  { label: 'Mailbox', icon: 'i-lucide-mail', to: '/mailbox', needs: 'admin' },
  { label: 'Audit', icon: 'i-lucide-scroll-text', to: '/audit', needs: 'admin' },
  { label: 'Health', icon: 'i-lucide-heart-pulse', to: '/health' },
]

/** Pages of a client; its projects come between the first and the rest. */
export function clientNavigation(base: string): NavigationItem[] {
  return [
    { label: 'Overview', icon: 'i-lucide-layout-dashboard', to: base, exact: true },
    { label: 'Projects', icon: 'i-lucide-folder-kanban', to: `${base}/projects` },
    { label: 'Conversations', icon: 'i-lucide-messages-square', to: `${base}/chat` },
    { label: 'Agents', icon: 'i-lucide-bot', to: `${base}/agents` },
    { label: 'Knowledge', icon: 'i-lucide-library', to: `${base}/knowledge` },
    { label: 'Files', icon: 'i-lucide-folder-open', to: `${base}/files` },
    { label: 'Runs', icon: 'i-lucide-activity', to: `${base}/runs` },
    {
      label: 'Usage',
      icon: 'i-lucide-circle-dollar-sign',
      to: `${base}/usage`,
      children: [{ label: 'Ledger', to: `${base}/ledger` }],
    },
    {
      label: 'Providers',
      icon: 'i-lucide-plug-zap',
      to: `${base}/providers`,
      needs: 'admin',
      children: gatewayPages(base),
    },
    { label: 'Keys and limits', icon: 'i-lucide-key-round', to: `${base}/keys`, needs: 'admin' },
    { label: 'People', icon: 'i-lucide-users', to: `${base}/people` },
  ]
}
