import { z } from 'zod'
import {
  checkInput,
  loadModel,
  ModelVersionError,
  provenanceOf,
  Provenance,
  type SavedModel,
  saveModel,
  startWork,
  type Warning,
  type Work,
  type WorkOptions,
} from '../../contract/index.ts'

export const LogOptions = z.object({
  similarity: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Share of words that a line must have in common with a template to belong to it; .4 unless told'),
  depth: z.int().min(1).max(8).optional().describe('How many first words lead to a group of templates; 2 unless told'),
  maxChildren: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Different words at one place before they count as variable; 100 unless told'),
})
export type LogOptions = z.input<typeof LogOptions>

const LogLines = z
  .array(z.string().max(1_000_000))
  .max(20_000_000)
  .describe('Messages without their time stamp and level')

export const LogTemplate = z.object({
  template: z.string().describe('Words of the message, `<*>` where they vary'),
  count: z.int().describe('Lines that belong to it'),
  first: z.int().describe('Index of its first line'),
})
export type LogTemplate = z.infer<typeof LogTemplate>

interface Cluster {
  words: string[]
  count: number
  first: number
}
interface Node {
  children: Map<string, Node>
  clusters: number[]
}

/** Learnt templates; keep them with `saveLogTemplates`. */
export interface LogModel {
  depth: number
  similarity: number
  maxChildren: number
  clusters: readonly Cluster[]
}

const variable = '<*>'

/**
 * Templates of log messages: Drain (P. He, J. Zhu, Z. Zheng and M. R. Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS
 * 2017). Lines of as many words and the same first words are compared with the templates there; the most similar one takes the line in, and the
 * words in which they differ become variable. Whatever has a digit (numbers, addresses, identifiers) is variable from the start.
 *
 * @returns templates in order of their first line, and for each line the index of its template; at the time limit of the
 *   lines read so far, with a warning
 */
export function mineLogTemplates(
  lines: readonly string[],
  options: LogOptions & Omit<WorkOptions, 'seed'> = {},
): { model: LogModel; templates: LogTemplate[]; assignment: number[]; provenance: Provenance } {
  const { signal, maxMillis, onProgress, ...own } = options
  const { similarity = 0.4, depth = 2, maxChildren = 100 } = checkInput(LogOptions, own)
  const work = startWork({ signal, maxMillis, onProgress })
  checkInput(LogLines, [...lines])
  const root = new Map<number, Node>()
  const clusters: Cluster[] = []
  const split = wordSplitter()
  const { answers: assignment, warnings } = eachLine(lines, work, (line, index) => {
    const words = split(line)
    const leaf = leafOf(root, words, depth, maxChildren)
    const found = mostSimilar(leaf, clusters, words, similarity)
    const cluster = clusters[found]
    if (cluster) {
      cluster.count++
      for (let i = 0; i < words.length; i++) if (cluster.words[i] !== words[i]) cluster.words[i] = variable
      return found
    }
    leaf.clusters.push(clusters.length)
    return clusters.push({ words, count: 1, first: index }) - 1
  })
  const model: LogModel = { depth, similarity, maxChildren, clusters }
  return {
    model,
    templates: clusters.map(({ words, count, first }) => ({ template: words.join(' '), count, first })),
    assignment,
    provenance: provenanceOf('text/log-templates', '1.0.0', 0, [lines, own], warnings),
  }
}

/** Lines between two looks at the clock. */
const linesAtOnce = 4096

function eachLine(lines: readonly string[], work: Work, answer: (line: string, index: number) => number) {
  const answers: number[] = []
  for (const [index, line] of lines.entries()) {
    if (index % linesAtOnce === 0) {
      if (work.expired()) break
      work.progress(index / lines.length, 'reading lines')
    }
    answers.push(answer(line, index))
  }
  const message = `The time limit ended the work after ${String(answers.length)} of ${String(lines.length)} lines.`
  const warnings: Warning[] = answers.length < lines.length ? [{ code: 'time-limit', message }] : []
  return { answers, warnings }
}

/**
 * The template of each line, -1 for a line that is like none. The model stays as it is.
 * @returns at the time limit of the lines read so far, with a warning
 */
export function matchLogTemplates(
  model: LogModel,
  lines: readonly string[],
  options: Omit<WorkOptions, 'seed'> = {},
): { assignment: number[]; provenance: Provenance } {
  checkInput(LogLines, [...lines])
  const root = new Map<number, Node>()
  for (const [index, { words }] of model.clusters.entries())
    leafOf(root, words, model.depth, model.maxChildren).clusters.push(index)
  const split = wordSplitter()
  const { answers: assignment, warnings } = eachLine(lines, startWork(options), (line) => {
    const words = split(line)
    return mostSimilar(leafOf(root, words, model.depth, 0), model.clusters, words, model.similarity)
  })
  return { assignment, provenance: provenanceOf('text/log-match', '1.0.0', 0, [model, lines], warnings) }
}

/** The leaf for the words, made when it is missing. With `maxChildren` 0 nothing new is made beside `<*>`. */
function leafOf(root: Map<number, Node>, words: readonly string[], depth: number, maxChildren: number): Node {
  let node: Node = root.get(words.length) ?? { children: new Map(), clusters: [] }
  root.set(words.length, node)
  for (let i = 0; i < Math.min(depth, words.length); i++) {
    const word = words[i] ?? ''
    const key = word.includes(variable) ? variable : word
    let child: Node | undefined = node.children.get(key)
    if (!child) {
      const full = node.children.size >= maxChildren
      child = full ? node.children.get(variable) : undefined
      if (!child) node.children.set(full ? variable : key, (child = { children: new Map(), clusters: [] }))
    }
    node = child
  }
  return node
}

function mostSimilar(leaf: Node, clusters: readonly Cluster[], words: readonly string[], least: number): number {
  let best = -1
  let bestShare = -1
  let bestVariables = -1
  for (const index of leaf.clusters) {
    const template = clusters[index]?.words ?? []
    let same = 0
    let variables = 0
    for (let i = 0; i < words.length; i++) {
      const word = template[i]
      if (word === variable) variables++
      else if (word === words[i]) same++
    }
    // What is variable in the template is left out of the count on both sides, or long variable messages would never meet their template.
    const share = words.length === 0 ? 1 : variables === words.length ? 1 : same / (words.length - variables)
    if (share > bestShare || (share === bestShare && variables > bestVariables)) {
      best = index
      bestShare = share
      bestVariables = variables
    }
  }
  return bestShare >= least ? best : -1
}

/** Different words remembered with their masked form. */
const remembered = 200_000

function wordSplitter(): (line: string) => string[] {
  const masked = new Map<string, string>()
  return (line) => {
    const words: string[] = []
    let at = 0
    const { length } = line
    while (at < length) {
      while (at < length && line.charCodeAt(at) <= 32) at++
      const start = at
      let digits = 0
      for (; at < length; at++) {
        const code = line.charCodeAt(at)
        if (code <= 32) break
        if (code >= 48 && code <= 57) digits++
      }
      if (at === start) break
      const word = line.slice(start, at)
      if (digits === 0) words.push(word)
      else if (digits === word.length) words.push(variable)
      else {
        let known = masked.get(word)
        if (known === undefined) {
          known = maskWord(word)
          if (masked.size < remembered) masked.set(word, known)
        }
        words.push(known)
      }
    }
    return words
  }
}

/** `blk_-1608` is `blk_<*>`, `10.0.0.1:80` and `3f2a-9b` are `<*>`, `size=12,` is `size=<*>,`. */
export function maskWord(word: string): string {
  return word.replace(/[-+]?[A-Za-z]*\d[A-Za-z\d]*/g, variable).replace(/<\*>(?:[.:/_%@-]*<\*>)+/g, variable)
}

const SavedLogModel = z.object({
  depth: z.int(),
  similarity: z.number(),
  maxChildren: z.int(),
  clusters: z.array(z.object({ words: z.array(z.string()), count: z.int(), first: z.int() })),
})

export function saveLogTemplates(model: LogModel): SavedModel<LogModel> {
  return saveModel('text/log-templates', 1, model)
}

/** @throws ModelVersionError when it cannot be read */
export function loadLogTemplates(saved: SavedModel): LogModel {
  const read = SavedLogModel.safeParse(loadModel(saved, 'text/log-templates', 1))
  if (!read.success) throw new ModelVersionError(`These templates are damaged: ${z.prettifyError(read.error)}`)
  return read.data
}
