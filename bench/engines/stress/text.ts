import { createRandom } from '../../../packages/engines/contract/index.ts'
import {
  assertContext,
  buildSearchIndex,
  classify,
  detectLanguage,
  findNearDuplicates,
  fitClassifier,
  keyPhrases,
  linkRecords,
  maskPersonalData,
  matchLogTemplates,
  mineLogTemplates,
  readability,
  restorePersonalData,
  scanSpans,
  searchIndex,
  splitSentences,
} from '../../../packages/engines/text/index.ts'
import type { Case } from './case.ts'

const texts: Record<string, string> = {
  English: 'On 3 March 2026 we paid 4,500.00 EUR to Nordlicht Ltd. Call +44 20 7946 0958 or write to jo@example.org.',
  German: 'Am 3. März 2026 zahlten wir 4.500,00 € an die Nordlicht GmbH. Bitte rufen Sie 030 1234567 an.',
  French: 'Le 3 mars 2026, nous avons payé 4 500,00 € à la société Nordlicht S.A. Écrivez à jo@example.org.',
  Italian: 'Il 3 marzo 2026 abbiamo pagato 4.500,00 € alla Nordlicht S.p.A. Scriva a jo@example.org.',
  Spanish: 'El 3 de marzo de 2026 pagamos 4.500,00 € a Nordlicht S.A. Llame al +34 912 345 678.',
  Polish: 'Dnia 3 marca 2026 r. zapłaciliśmy 4500,00 zł spółce Nordlicht. Proszę dzwonić pod +48 22 123 45 67.',
  Finnish: 'Maksoimme 3. maaliskuuta 2026 yhtiölle Nordlicht Oy 4 500,00 €. Kirjoita osoitteeseen jo@example.org.',
  Turkish: '3 Mart 2026 tarihinde Nordlicht şirketine 4.500,00 TL ödedik. İletişim: jo@example.org.',
  Greek: 'Στις 3 Μαρτίου 2026 πληρώσαμε 4.500,00 € στη Nordlicht. Γράψτε στο jo@example.org.',
  Russian: '3 марта 2026 г. мы заплатили 4500,00 ₽ компании Nordlicht. Пишите на jo@example.org.',
  Arabic: 'في ٣ مارس ٢٠٢٦ دفعنا ٤٥٠٠ ريال لشركة نوردليشت. اكتب إلى jo@example.org.',
  Hebrew: 'ב-3 במרץ 2026 שילמנו 4,500.00 ₪ לחברת Nordlicht. כתבו אל jo@example.org.',
  Chinese: '2026年3月3日,我们向Nordlicht支付了4500元。请发邮件至jo@example.org。',
  Japanese: '2026年3月3日に、Nordlichtへ4500円を支払いました。jo@example.orgまでご連絡ください。',
  Korean: '2026년 3월 3일에 Nordlicht에 4,500원을 지불했습니다. jo@example.org로 연락하세요.',
  Hindi: '3 मार्च 2026 को हमने Nordlicht को ₹4,500.00 दिए। jo@example.org पर लिखें।',
  Thai: 'เมื่อวันที่ 3 มีนาคม 2026 เราจ่ายเงิน 4,500 บาทให้ Nordlicht',
  emoji: '👩‍👩‍👧‍👦 3/3/2026 💶 4.500 € → jo@example.org 🇳🇴',
  'half a surrogate': '\ud800 text \udc00 jo@example.org',
  'nothing but spaces': ' \t\n\u00a0\u2003 ',
  'control letters': '\0\u0001\u0007 jo@example.org \u200b\u202e',
  'one word of 100,000 letters': 'a'.repeat(100_000),
  '100,000 digits': '1'.repeat(100_000),
  '50,000 at signs': '@'.repeat(50_000),
  '50,000 opening brackets': '('.repeat(50_000),
  '30,000 dots': 'a.'.repeat(30_000),
  '30,000 commas and digits': '1,'.repeat(30_000),
  '20,000 negations': 'no '.repeat(20_000),
}

const reading = (name: string, text: string): Case => ({
  name: `all scanners: ${name}`,
  run() {
    const { spans, ...rest } = scanSpans({ text, today: '2026-03-01' })
    for (const { start, end } of spans)
      if (!(start >= 0 && end > start && end <= text.length))
        throw new Error(`A span lies at ${String(start)}..${String(end)}`)
    const masked = maskPersonalData({ text })
    if (restorePersonalData(masked.text, masked.vault) !== text) throw new Error('The masked text does not come back')
    if (text.includes('jo@example.org') && masked.text.includes('jo@example.org'))
      throw new Error('An address is not masked')
    return [
      spans,
      rest,
      detectLanguage({ text }),
      /\p{L}/u.test(text) ? readability({ text }) : null,
      keyPhrases({ text }),
      splitSentences(text),
    ]
  },
})

const random = createRandom(11)
const words = Array.from({ length: 3000 }, (_, k) => `w${(k * 7919).toString(36)}`)
const sentence = (length: number) =>
  Array.from({ length }, () => words[Math.floor(3000 * random.next() ** 2)] ?? '').join(' ')

const labelled = (labels: number, perLabel: number, length: number) =>
  Array.from({ length: labels * perLabel }, (_, k) => ({
    label: `label ${String(k % labels)}`,
    text: `${words[k % labels] ?? ''} ${sentence(length)}`,
  }))

const classifier = (name: string, examples: { label: string; text: string }[], maxMillis?: number): Case => ({
  name: `classifier: ${name}`,
  ...(maxMillis === undefined ? {} : { maxMillis }),
  run() {
    const { model } = fitClassifier(examples, maxMillis === undefined ? {} : { maxMillis })
    return classify(model, {
      texts: examples
        .slice(0, 20)
        .map(({ text }) => text)
        .concat(Object.values(texts).slice(0, 18)),
    })
  },
})

const log = (lines: number, of: (k: number) => string) => Array.from({ length: lines }, (_, k) => of(k))
const templates = (name: string, lines: string[], most: number): Case => ({
  name: `log templates: ${name}`,
  run() {
    const mined = mineLogTemplates(lines)
    if (mined.templates.length > most)
      throw new Error(`${String(mined.templates.length)} templates; at most ${String(most)} make sense`)
    return [mined.assignment, matchLogTemplates(mined.model, lines).assignment]
  },
})

export const cases: Case[] = [
  ...Object.entries(texts).map(([name, text]) => reading(name, text)),
  {
    name: 'context: a sentence of 20,000 words',
    run: () => assertContext({ text: `no ${'fever and '.repeat(10_000)}cough`, findings: [{ start: 3, end: 8 }] }),
  },
  classifier('2 labels, 2 texts each', labelled(2, 2, 5)),
  classifier('200 labels, 3 texts each', labelled(200, 3, 8)),
  classifier('one label of 2,000 texts, one of 5', [
    ...labelled(1, 2000, 6),
    ...labelled(1, 5, 6).map((each) => ({ ...each, label: 'rare' })),
  ]),
  classifier('50 long texts', labelled(5, 10, 5000)),
  classifier('5,000 texts in 3 s', labelled(30, 170, 12), 3000),
  classifier(
    'many scripts',
    Object.entries(texts)
      .slice(0, 17)
      .flatMap(([label, text]) => text.split(' ').map((word) => ({ label, text: `${word} ${label}` }))),
  ),
  templates(
    'syslog',
    log(
      20_000,
      (k) =>
        `Mar ${String(1 + (k % 28))} 10:00:${String(k % 60)} host${String(k % 5)} sshd[${String(k)}]: Failed password for user${String(k % 300)} from 10.0.${String(k % 255)}.7 port ${String(k)}`,
    ),
    20,
  ),
  templates(
    'JSON lines',
    log(5000, (k) =>
      JSON.stringify({ level: k % 9 === 0 ? 'error' : 'info', at: k, path: `/v1/items/${String(k)}`, ms: k % 50 }),
    ),
    200,
  ),
  templates(
    'stack traces',
    log(
      6000,
      (k) =>
        [
          `Error: cannot read ${words[k % 40] ?? ''}`,
          `    at run (/srv/app/${words[k % 30] ?? ''}.js:${String(k)}:7)`,
          '',
        ][k % 3] ?? '',
    ),
    200,
  ),
  templates(
    'no two lines alike',
    log(3000, () => sentence(9)),
    3000,
  ),
  {
    name: 'near-duplicates: 3,000 texts, a third of them copies',
    run: () =>
      findNearDuplicates({
        texts: Array.from({ length: 3000 }, (_, k) =>
          k % 3 === 0 ? 'the very same text of some words that is copied again and again' : sentence(30),
        ),
      }),
  },
  {
    name: 'search: 5,000 texts',
    run() {
      const index = buildSearchIndex(Array.from({ length: 5000 }, (_, k) => ({ id: String(k), text: sentence(40) })))
      return [
        searchIndex(index, 'w0'),
        searchIndex(index, ''),
        searchIndex(index, Object.values(texts).join(' ').slice(0, 5000)),
      ]
    },
  },
  {
    name: 'record linkage: 2,000 records, names of other scripts, much missing',
    run: () =>
      linkRecords({
        fields: [
          { name: 'name', kind: 'name' },
          { name: 'city', kind: 'text' },
        ],
        left: Array.from({ length: 2000 }, (_, k) => ({
          name:
            k % 7 === 0
              ? null
              : `${['Åse Öberg', 'Иван Петров', '王伟', 'Anna Lind', 'Jo'][k % 5] ?? ''} ${words[k % 900] ?? ''}`,
          city: k % 3 === 0 ? null : (words[k % 50] ?? ''),
        })),
      }),
  },
]
