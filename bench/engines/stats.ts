import { readFileSync } from 'node:fs'
import {
  evaluateKnowledgeTracing,
  fitKnowledgeTracing,
  type Attempt,
  type TracingOptions,
} from '../../packages/engines/stats/index.ts'
import type { Score } from './score.ts'

const engine = 'stats'

/** Rows of a delimited file by the names of its header. */
function readTable(path: string, delimiter: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header.split(delimiter)
  return lines.map((line) => {
    const cells = line.split(delimiter)
    return Object.fromEntries(names.map((name, column) => [name, cells[column] ?? '']))
  })
}

const attemptsOf = (path: string): Attempt[] =>
  readTable(path, '\t').map((row) => ({
    learner: row['user_id'] ?? '',
    item: row['item_id'] ?? '',
    skills: [row['skill_id'] ?? ''],
    correct: row['correct'] === '1' ? 1 : 0,
  }))

function tracing(method: NonNullable<TracingOptions['method']>, target: number, published: string): Score {
  const [train, test] = ['learning/assistments09_train.csv', 'learning/assistments09_test.csv']
  return {
    engine,
    dataset: 'ASSISTments 2009',
    metric: `AUC, ${method}`,
    published,
    source: 'Gervet et al. 2020; the split of theophilee/learner-performance-prediction',
    needs: [train, test],
    run(data, progress) {
      const { model } = fitKnowledgeTracing(attemptsOf(data(train)), {
        method,
        onProgress: (_share, what) => progress(what),
      })
      const { auc } = evaluateKnowledgeTracing(model, attemptsOf(data(test)))
      return Promise.resolve({ value: (auc ?? 0).toFixed(4), ok: (auc ?? 0) >= target })
    },
  }
}

export const scores: Score[] = [tracing('history', 0.775, '.77 (Best-LR), .75 (DKT, SAKT)')]
