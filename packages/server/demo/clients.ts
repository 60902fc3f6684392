/** Texts that an agent of the demo knows and cites. */
interface DemoDocument {
  title: string
  text: string
}

export interface DemoClient {
  slug: string
  name: string
  industry: string
  color: string
  /** Blueprint that is installed with its sample data. */
  blueprint: string | null
  knowledge: { key: string; title: string; documents: DemoDocument[] } | null
  agent: {
    slug: string
    name: string
    description: string
    role: string
    instructions: string
    starters: string[]
  } | null
  /** Questions of the past 90 days. The first ones are answered by the documents above. */
  questions: string[]
  /** Conversations on a working day, and on a Saturday or Sunday. */
  perDay: { weekday: number; weekend: number }
}

export const demoClients: readonly DemoClient[] = [
  {
    slug: 'fade-and-blade',
    name: 'Fade & Blade',
    industry: 'Barbershop',
    color: '#0f766e',
    blueprint: null,
    knowledge: {
      key: 'house-handbook',
      title: 'House handbook',
      documents: [
        {
          title: 'Opening hours and booking',
          text: `# Opening hours

The shop is open Tuesday to Friday from 9:00 to 19:00 and Saturday from 8:30 to 16:00. It is closed on Sunday and Monday. On the day before a public holiday the last appointment starts at 16:30.

# Booking

Appointments can be booked up to six weeks ahead, online or by phone. Walk-ins are welcome on Tuesday and Wednesday before noon; on other days they are taken when a chair is free. A party of three or more needs a call, because two chairs are reserved at once.

# Cancelling

An appointment can be moved or cancelled free of charge until 24 hours before it starts. Later cancellations cost half of the service price. A customer who does not come at all pays the full price and books with a deposit of 10 euros from then on. Illness is always excused when the customer calls before the appointment.`,
        },
        {
          title: 'Price list',
          text: `# Services and prices

A haircut takes 35 minutes and costs 32 euros. A skin fade takes 45 minutes and costs 38 euros. A beard trim takes 20 minutes and costs 18 euros. A hot towel shave takes 35 minutes and costs 30 euros. Haircut and beard together take 55 minutes and cost 46 euros. A haircut for kids up to 12 years takes 25 minutes and costs 22 euros. Grey blending takes 30 minutes and costs 35 euros.

# Discounts

Students pay 10 percent less on Tuesday and Wednesday with a valid card. Every tenth haircut is free with the stamp card; the card does not expire. Gift vouchers are valid for three years and can be used for products too.

# Payment

We take cards, cash and mobile payment. Tips can be added on the card terminal and go to the barber in full.`,
        },
        {
          title: 'Care and products',
          text: `# After a skin fade

A skin fade looks sharp for about two weeks and should be refreshed after three at the latest. Wash with lukewarm water on the first day. Redness on the neck goes away within a day; a cool cloth helps.

# Beard oil

Three drops are enough for a short beard, five for a full one. Oil is worked in after washing while the beard is still slightly damp. Customers with sensitive skin use the unscented oil.

# Allergies

Ask about allergies before colour or grey blending. A patch test behind the ear must be made 48 hours before the first colour. Nobody under 16 gets colour.`,
        },
      ],
    },
    agent: {
      slug: 'front-desk',
      name: 'Front desk',
      description: 'Answers customers about hours, prices, booking rules and care.',
      role: 'Front desk of a barbershop',
      instructions:
        'You answer customers of the barbershop Fade & Blade in a friendly and short way. Use only the house handbook. When it does not say, offer to pass the question to the shop. Never promise an appointment time.',
      starters: [
        'What does a skin fade cost?',
        'Can I cancel on the same day?',
        'Are you open on Monday?',
        'Do students get a discount?',
      ],
    },
    questions: [
      'What does a skin fade cost?',
      'Can I cancel on the same day?',
      'Are you open on Monday?',
      'Do students get a discount?',
      'How long does haircut and beard take?',
      'Do you take walk-ins on Saturday?',
      'Is the stamp card still valid after a year?',
      'How many drops of beard oil for a short beard?',
      'Can my son of 14 get his hair coloured?',
      'When is the last appointment before a holiday?',
      'Do I need a patch test before grey blending?',
      'Can we come as a group of four?',
      'What happens if I miss my appointment?',
      'Can I pay with my phone?',
      'How far ahead can I book?',
      'Is there a price for kids?',
      'How long does a gift voucher last?',
      'My neck is red after the fade, is that normal?',
      'Do tips go to the barber?',
      'Until when are you open on Saturday?',
    ],
    perDay: { weekday: 9, weekend: 5 },
  },
  {
    slug: 'lumen-records',
    name: 'Lumen Records',
    industry: 'Music label',
    color: '#7c3aed',
    blueprint: null,
    knowledge: {
      key: 'label-handbook',
      title: 'Label handbook',
      documents: [
        {
          title: 'Release checklist',
          text: `# Delivery

A release must be delivered at least 21 days before its release date so that editorial teams can consider it. Audio is delivered as WAV with 24 bit and 44.1 kHz or more. MP3 files are not accepted as masters.

# Artwork

Cover artwork is square, at least 3000 by 3000 pixels, as JPEG or PNG in RGB. It must not show prices, web addresses, social media logos or blurred images. The title and the artist on the cover must match the metadata exactly.

# Codes

Each recording needs its own ISRC and each release a UPC. A remix or a new mix is a new recording and gets a new ISRC; a remaster keeps the old one only when nothing but the level changed. ISRCs are never reused.

# Explicit content

A track with explicit words is marked as explicit. When a clean version exists it is delivered as a separate track with its own ISRC.`,
        },
        {
          title: 'Royalties and splits',
          text: `# Statements

Royalty statements are sent quarterly, 45 days after the end of the quarter. Amounts under 50 euros are carried over to the next statement. Artists may ask for an audit of the last two years once per calendar year.

# Splits

All splits of a recording must add up to exactly 100 percent before the release can be delivered. A change of splits needs the written consent of everybody who loses a share and is valid from the next quarter.

# Recoupment

Advances and recording costs are recouped from the artist share before money is paid out. Marketing costs are recouped at 50 percent. Costs that were not approved in writing by the artist are not recouped.

# Standard deal

The standard deal is 50 percent of net income to the artist for a term of five years, with a reserve of 15 percent against returns on physical sales that is released after two statements.`,
        },
        {
          title: 'Claims and takedowns',
          text: `# Content claims

When another party claims a recording, the claim is answered within seven days with proof of rights. Until then the earnings of that recording are held. A takedown on all services takes between two and five working days.

# Samples

A recording that contains a sample of another recording needs a licence for the recording and one for the composition. Without both the release is not delivered. Recreated melodies still need the composition licence.`,
        },
      ],
    },
    agent: {
      slug: 'label-desk',
      name: 'Label desk',
      description: 'Answers artists and managers about deliveries, codes, splits and statements.',
      role: 'Back office of a music label',
      instructions:
        'You answer artists and managers of Lumen Records. Use only the label handbook and quote the rule you rely on. Do not give legal advice; when a question is about a dispute, say that the legal team will answer.',
      starters: [
        'When are royalty statements sent?',
        'How large must the cover be?',
        'Does a remaster need a new ISRC?',
        'Can I change the splits?',
      ],
    },
    questions: [
      'When are royalty statements sent?',
      'How large must the cover be?',
      'Does a remaster need a new ISRC?',
      'Can I change the splits?',
      'How early must we deliver a single?',
      'Is MP3 fine as a master?',
      'What happens with 30 euros of royalties?',
      'How long does a takedown take?',
      'Do I need a licence for a recreated melody?',
      'Are marketing costs recouped?',
      'What is the artist share in the standard deal?',
      'May the cover show our web address?',
      'How do I mark a track as explicit?',
      'Can I audit last year?',
      'When is the reserve released?',
      'Who must agree to new splits?',
      'What if somebody claims our track?',
    ],
    perDay: { weekday: 5, weekend: 1 },
  },
  {
    slug: 'beacon-sales',
    name: 'Beacon Sales',
    industry: 'B2B sales team',
    color: '#c2410c',
    blueprint: 'sales-call-coach',
    knowledge: null,
    agent: null,
    questions: [
      'How do I answer "too expensive"?',
      'What should I ask in the first five minutes?',
      'Summarise my last call',
      'Which objections came up most this week?',
      'How long may a monologue be?',
      'Prepare me for a call with a sceptical buyer',
      'What is a good next step after a demo?',
      'How do I handle a competitor comparison?',
      'What did the prospect say about timing?',
      'How did my talk ratio change?',
      'Give me an opening for a cold call',
      'Which questions uncover the budget?',
    ],
    perDay: { weekday: 8, weekend: 0 },
  },
]
