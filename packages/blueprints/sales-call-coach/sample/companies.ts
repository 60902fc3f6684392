import { createRandom } from './random.ts'

const dayMs = 86_400_000

/** Invented firms; the domains are reserved for examples (RFC 2606). */
export function companyRows(): Record<string, unknown>[] {
  return [
    { name: 'Willow Street Salon', industry: 'Hair salon', contact: 'Dana Whitfield', email: 'dana@willow.example', stage: 'proposal', dealValue: 1428 },
    { name: 'Harbour Physio', industry: 'Physiotherapy', contact: 'Owen Castle', email: 'owen@harbour.example', stage: 'discovery', dealValue: 2380 },
    { name: 'Northside Nails', industry: 'Nail studio', contact: 'Grace Lim', email: 'grace@northside.example', stage: 'won', dealValue: 588 },
    { name: 'Old Mill Yoga', industry: 'Yoga studio', contact: 'Petra Novak', email: 'petra@oldmill.example', stage: 'lead', dealValue: 1428 },
    { name: 'Bright Smile Dental', industry: 'Dental practice', contact: 'Amir Haddad', email: 'amir@brightsmile.example', stage: 'proposal', dealValue: 5712 },
    { name: 'Corner Barbers', industry: 'Barbershop', contact: 'Luis Ortega', email: 'luis@corner.example', stage: 'discovery', dealValue: 588 },
    { name: 'Fern & Stone Spa', industry: 'Day spa', contact: 'Helen Marsh', email: 'helen@fernstone.example', stage: 'lost', dealValue: 2856 },
    { name: 'Paws & Tails Grooming', industry: 'Pet grooming', contact: 'Ben Achterberg', email: 'ben@pawstails.example', stage: 'lead', dealValue: 588 },
    { name: 'Lakeside Optics', industry: 'Optician', contact: 'Yuki Tanabe', email: 'yuki@lakeside.example', stage: 'won', dealValue: 1428 },
  ]
}

export function campaignRows(now: Date, days: number): Record<string, unknown>[] {
  const day = (back: number) => new Date(now.getTime() - back * dayMs).toISOString().slice(0, 10)
  return [
    { name: 'Autumn call week', status: 'done', channel: 'phone', startDate: day(days - 5), endDate: day(days - 26), audience: 'Salons with two to five chairs', message: 'Fewer empty chairs without more calls.', goal: 30, budget: 900 },
    { name: 'No-show calculator', status: 'running', channel: 'e-mail', startDate: day(Math.round(days / 2)), audience: 'Practices that book by phone', message: 'What did missed appointments cost you last month? Find out in one minute.', goal: 60, budget: 1200 },
    { name: 'Trade fair follow-up', status: 'running', channel: 'mixed', startDate: day(18), audience: 'Visitors of the stand', message: 'You asked to see the waiting list. Here are ten minutes that suit you.', goal: 25, budget: 400 },
    { name: 'Spring early birds', status: 'draft', channel: 'social', startDate: day(-30), audience: 'Customers of last year', message: 'Bring a neighbour, both get a month.', goal: 40, budget: 700 },
  ]
}

export function signUpRows(now: Date, days: number, seed: number): Record<string, unknown>[] {
  const random = createRandom(seed + 7)
  const first = ['Alex', 'Bea', 'Chris', 'Dora', 'Emil', 'Fay', 'Gil', 'Hana', 'Ivo', 'Jude', 'Kim', 'Leo', 'Maya', 'Nils', 'Ona', 'Pia']
  const last = ['Archer', 'Bloom', 'Cole', 'Drum', 'Eden', 'Frost', 'Glen', 'Hart', 'Ivory', 'Jett', 'Knoll', 'Lane', 'Moss', 'North', 'Oake', 'Pike']
  const statuses = ['new', 'contacted', 'qualified', 'customer', 'lost']
  return Array.from({ length: 64 }, (_, at) => {
    const name = `${first[at % first.length] ?? 'Alex'} ${last[(at * 5 + 3) % last.length] ?? 'Archer'}`
    return {
      name,
      email: `${name.toLowerCase().replace(' ', '.')}.${String(at)}@mail.example`,
      company: random.pick(companyRows().map((company) => String(company['name']))),
      status: statuses[at % statuses.length] ?? 'new',
      signedUpAt: new Date(now.getTime() - (days * (64 - at) * dayMs) / 64).toISOString(),
    }
  })
}
