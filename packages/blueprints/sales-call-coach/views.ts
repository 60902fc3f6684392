import type { ViewDefinition } from '@guildhall/modules/projects'

export const views: ViewDefinition[] = [
  { key: 'calls', kind: 'page', title: 'Calls', page: 'calls', collection: 'calls' },
  { key: 'role-play', kind: 'page', title: 'Role-play', page: 'role-play', collection: 'role-plays' },
  {
    key: 'score-trend',
    kind: 'chart',
    title: 'Average score by week',
    collection: 'call-analyses',
    chart: 'line',
    groupBy: 'analysedAt',
    bucket: 'week',
    measure: { function: 'avg', member: 'score' },
    splitBy: 'rep',
  },
  { key: 'objections-by-rep', kind: 'chart', title: 'Objections met, by rep', collection: 'call-analyses', chart: 'bar', groupBy: 'rep', measure: { function: 'sum', member: 'objections' } },
  { key: 'analyses', kind: 'table', title: 'Analyses', collection: 'call-analyses', members: ['title', 'rep', 'score', 'talkRatio', 'objections', 'nextStep', 'analysedAt'], sort: '-analysedAt' },
  { key: 'pipeline', kind: 'board', title: 'Pipeline', collection: 'clients', groupBy: 'stage', members: ['name', 'contact', 'dealValue'] },
  { key: 'clients', kind: 'table', title: 'Companies', collection: 'clients', members: ['name', 'industry', 'contact', 'stage', 'dealValue'], sort: 'name' },
  { key: 'training', kind: 'table', title: 'Training materials', collection: 'training-materials', members: ['title', 'kind', 'description'], sort: 'title' },
  { key: 'campaigns', kind: 'table', title: 'Campaigns', collection: 'campaigns', members: ['name', 'status', 'channel', 'startDate', 'goal'], sort: '-startDate' },
  { key: 'campaign-timeline', kind: 'timeline', title: 'Campaign timeline', collection: 'campaigns', at: 'startDate', titleMember: 'name', kindMember: 'status' },
  { key: 'sign-ups', kind: 'table', title: 'Sign-ups', collection: 'sign-ups', members: ['name', 'company', 'email', 'status', 'signedUpAt'], sort: '-signedUpAt' },
  { key: 'new-sign-up', kind: 'form', title: 'New sign-up', collection: 'sign-ups', members: ['name', 'email', 'company', 'campaignId'] },
]
