import { readFileSync } from 'node:fs'
import {
  assertContext,
  evaluateClassifier,
  fitClassifier,
  type LabelledText,
  maskPersonalData,
  mineLogTemplates,
  scanSpans,
} from '../../packages/engines/text/index.ts'
import { createRandom } from '../../packages/engines/contract/index.ts'
import type { Score } from './score.ts'

const percent = (share: number) => `${(100 * share).toFixed(2)} %`

/** Records of a CSV file after its header; quotes may hold commas, line breaks and doubled quotes. */
function readCsv(path: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  for (const [, quoted, plain, end] of readFileSync(path, 'utf8').matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    record.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (record.length > 1) records.push(record)
    record = []
    if (end === '') break
  }
  return records.slice(1)
}

const intents = (path: string): LabelledText[] => readCsv(path).map(([text = '', label = '']) => ({ text, label }))

const [train, test] = ['intents/banking77_train.csv', 'intents/banking77_test.csv']
const fitLimitSeconds = 30

const banking77: Score = {
  engine: 'text',
  dataset: 'banking77',
  metric: 'accuracy on the official test (and fit)',
  published: '92 %, fit in 30 s, no pretrained weights',
  source: 'requirement; data: Casanueva et al. 2020',
  needs: [train, test],
  async run(data, progress) {
    const texts = intents(data(train))
    const started = performance.now()
    const { model } = fitClassifier(texts, {
      onProgress: (share, what) => progress(`banking77: ${what}, ${String(Math.round(share * 100))} %`),
    })
    const seconds = (performance.now() - started) / 1000
    const processor = process.cpuUsage().user / 1e6
    const { accuracy, coverage, precision } = evaluateClassifier(model, intents(data(test)))
    return {
      value: `${percent(accuracy)}, fit ${seconds.toFixed(1)} s (processor ${processor.toFixed(1)} s); asked for 95 %: answers ${percent(coverage)} of the texts, ${percent(precision)} right`,
      ok: accuracy >= 0.92 && seconds < fitLimitSeconds,
    }
  },
}

const annotations = 'clinical/negex_2376.tsv'

const clean = (field: string) => field.replace(/^"|"$/g, '').replaceAll('""', '"').replace(/\s+/g, ' ').trim()

/** F1 of `negated` over the lines wanted. A finding that does not stand in its sentence counts as not negated. */
function negationF1(path: string, wanted: (line: number) => boolean): number {
  let [hits, wrong] = [0, 0]
  for (const line of readFileSync(path, 'utf8').split(/\r?\n/).slice(1)) {
    const [number = '', condition = '', sentence = '', negation = ''] = line.split('\t')
    if (line === '' || !wanted(Number(number))) continue
    const [text, finding] = [clean(sentence), clean(condition)]
    // The annotated occurrence is the one in capitals.
    const capitals = text.indexOf(finding.toUpperCase())
    const start = capitals >= 0 ? capitals : text.toLowerCase().indexOf(finding.toLowerCase())
    const negated =
      start >= 0 &&
      assertContext({ text, findings: [{ start, end: start + finding.length }] }).findings[0]?.negation === 'negated'
    const meant = negation.toLowerCase() === 'negated'
    if (negated && meant) hits++
    else if (negated !== meant) wrong++
  }
  return (2 * hits) / (2 * hits + wrong)
}

const negation: Score = {
  engine: 'text',
  dataset: 'negex, 2,376 sentences',
  metric: 'F1 of negation (and on the even lines, whose errors were not looked at)',
  published: '.960',
  source: 'a rule set after Chapman et al. 2001',
  needs: [annotations],
  async run(data) {
    const all = negationF1(data(annotations), () => true)
    const unseen = negationF1(data(annotations), (line) => line % 2 === 0)
    return { value: `${all.toFixed(3)} (${unseen.toFixed(3)})`, ok: all >= 0.96 }
  },
}

const megabytes = 20

/** Megabytes a second of the second of two runs; the first one warms up. */
function rate(text: string, run: (text: string) => void): number {
  run(text.slice(0, 2_000_000))
  const started = performance.now()
  run(text)
  return Buffer.byteLength(text) / 1000 / (performance.now() - started)
}

function speed(
  dataset: string,
  metric: string,
  needs: string[],
  run: (data: (path: string) => string) => number,
): Score {
  return {
    engine: 'text',
    dataset,
    metric,
    published: '10 MB/s',
    source: 'requirement',
    needs,
    async run(data) {
      const reached = run(data)
      return { value: `${reached.toFixed(1)} MB/s`, ok: reached >= 10 }
    },
  }
}

const repeated = (text: string) => text.repeat(Math.ceil((megabytes * 1e6) / text.length))

/** Made-up messages of a server: twelve templates with varying words and numbers. */
function logLines(): string[] {
  const random = createRandom(1)
  const number = () => String(random.integer(100_000))
  const templates: (() => string)[] = [
    () => `Received block blk_${number()} of size ${number()} from /10.0.${String(random.integer(256))}.7`,
    () => `Connection from 192.168.0.${String(random.integer(256))} port ${number()} closed`,
    () => `User user${number()} logged in after ${number()} ms`,
    () =>
      `Failed password for invalid user admin${number()} from 10.1.2.${String(random.integer(256))} port ${number()} ssh2`,
    () => `PacketResponder ${number()} for block blk_${number()} terminating`,
    () => `GET /api/items/${number()} answered 200 in ${number()} us`,
    () => 'Cache refreshed',
    () => `Retrying job ${number()} attempt ${String(random.integer(5))} of 5`,
  ]
  const lines: string[] = []
  for (let size = 0; size < megabytes * 1e6;) {
    const line = templates[random.integer(templates.length)]?.() ?? ''
    lines.push(line)
    size += line.length + 1
  }
  return lines
}

export const scores: Score[] = [
  banking77,
  negation,
  speed('negex, repeated', 'spans of all kinds', [annotations], (data) =>
    rate(repeated(readFileSync(data(annotations), 'utf8')), (text) => scanSpans({ text })),
  ),
  speed('negex, repeated', 'personal data masked', [annotations], (data) =>
    rate(repeated(readFileSync(data(annotations), 'utf8')), (text) => maskPersonalData({ text })),
  ),
  speed('made-up log', 'log templates', [], () =>
    rate(logLines().join('\n'), (text) => mineLogTemplates(text.split('\n'))),
  ),
]
