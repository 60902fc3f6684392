import { BUSINESSES, PROSPECTS } from './dialogue/businesses.ts'
import { createRandom } from './random.ts'

const dayMs = 86_400_000

const stages = [
  'proposal',
  'discovery',
  'won',
  'lead',
  'proposal',
  'discovery',
  'lost',
  'lead',
  'won',
  'discovery',
  'proposal',
  'lead',
]
const values = [1428, 2380, 588, 1428, 5712, 588, 2856, 588, 1428, 2380, 2856, 588]

/** The invented firms that the sample calls are with; their addresses are reserved for examples (RFC 2606). */
export function companyRows(): {
  name: string
  industry: string
  contact: string
  email: string
  stage: string
  dealValue: number
}[] {
  return BUSINESSES.map(({ name, kind }, at) => {
    const contact = PROSPECTS[at % PROSPECTS.length] ?? ''
    const domain = name.toLowerCase().replaceAll(/[^a-z]+/g, '-')
    return {
      name,
      industry: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
      contact,
      email: `${contact.split(' ')[0]?.toLowerCase() ?? 'office'}@${domain}.example`,
      stage: stages[at % stages.length] ?? 'lead',
      dealValue: values[at % values.length] ?? 588,
    }
  })
}

export function campaignRows(now: Date, days: number): Record<string, unknown>[] {
  const day = (back: number) => new Date(now.getTime() - back * dayMs).toISOString().slice(0, 10)
  return [
    {
      name: 'Autumn call week',
      status: 'done',
      channel: 'phone',
      startDate: day(days - 5),
      endDate: day(days - 26),
      audience: 'Salons with two to five chairs',
      message: 'Fewer empty chairs without more calls.',
      goal: 30,
      budget: 900,
    },
    {
      name: 'No-show calculator',
      status: 'running',
      channel: 'e-mail',
      startDate: day(Math.round(days / 2)),
      audience: 'Practices that book by phone',
      message: 'What did missed appointments cost you last month? Find out in one minute.',
      goal: 60,
      budget: 1200,
    },
    {
      name: 'Trade fair follow-up',
      status: 'running',
      channel: 'mixed',
      startDate: day(18),
      audience: 'Visitors of the stand',
      message: 'You asked to see the waiting list. Here are ten minutes that suit you.',
      goal: 25,
      budget: 400,
    },
    {
      name: 'Spring early birds',
      status: 'draft',
      channel: 'social',
      startDate: day(-30),
      audience: 'Customers of last year',
      message: 'Bring a neighbour, both get a month.',
      goal: 40,
      budget: 700,
    },
  ]
}

export function signUpRows(now: Date, days: number, seed: number): Record<string, unknown>[] {
  const random = createRandom(seed + 7)
  const first = [
    'Alex',
    'Bea',
    'Chris',
    'Dora',
    'Emil',
    'Fay',
    'Gil',
    'Hana',
    'Ivo',
    'Jude',
    'Kim',
    'Leo',
    'Maya',
    'Nils',
    'Ona',
    'Pia',
  ]
  const last = [
    'Archer',
    'Bloom',
    'Cole',
    'Drum',
    'Eden',
    'Frost',
    'Glen',
    'Hart',
    'Ivory',
    'Jett',
    'Knoll',
    'Lane',
    'Moss',
    'North',
    'Oake',
    'Pike',
  ]
  const statuses = ['new', 'contacted', 'qualified', 'customer', 'lost']
  return Array.from({ length: 64 }, (_, at) => {
    const name = `${first[at % first.length] ?? 'Alex'} ${last[(at * 5 + 3) % last.length] ?? 'Archer'}`
    return {
      name,
      email: `${name.toLowerCase().replace(' ', '.')}.${String(at)}@mail.example`,
      company: random.pick(companyRows().map((company) => company.name)),
      status: statuses[at % statuses.length] ?? 'new',
      signedUpAt: new Date(now.getTime() - (days * (64 - at) * dayMs) / 64).toISOString(),
    }
  })
}
