import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** One figure of an engine on a public data set, beside the published one. `bench/engines/<engine>.ts` exports `scores`. */
export interface Score {
  /** Folder under packages/engines. */
  engine: string
  dataset: string
  metric: string
  /** The figure to reach, as printed. */
  published: string
  /** Who published it. */
  source: string
  /** Files the score reads, relative to the data folder; the score is skipped when one is absent. */
  needs: string[]
  /**
   * Computes the figure in a process of its own.
   * @param data absolute path of a needed file
   * @param progress tells the person who waits what is being done
   */
  run(data: (path: string) => string, progress: (text: string) => void): Promise<ScoreResult>
}

export interface ScoreResult {
  /** Our figure as printed. */
  value: string
  /** Whether it is at least as good as `published`. */
  ok: boolean
}

const dataFolder = resolve(import.meta.dirname, '../..', process.env['GUILDHALL_DATA'] ?? '../shared/data')

export const dataPath = (path: string) => resolve(dataFolder, path)

export const missingData = (score: Score) => score.needs.filter((path) => !existsSync(dataPath(path)))
