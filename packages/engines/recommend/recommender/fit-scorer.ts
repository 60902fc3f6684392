import type { Warning, Work } from '../../contract/index.ts'
import { fitAls } from '../collaborative/als.ts'
import { fitBpr } from '../collaborative/bpr.ts'
import { fitEase } from '../collaborative/ease.ts'
import { fitItemKnn } from '../collaborative/item-knn.ts'
import type { Scorer } from '../collaborative/scorer.ts'
import type { SparseMatrix } from '../interactions/sparse-matrix.ts'
import type { Settings } from './options.ts'

const cut = (message: string): Warning => ({ code: 'time-limit', message: `The time limit came first: ${message}` })

/** The part of a model that says who likes what. @returns with a warning when the time limit made it less than asked */
export function fitScorer(
  matrix: SparseMatrix,
  settings: Settings,
  work: Work,
): { scorer: Scorer; warnings: Warning[] } {
  switch (settings.method) {
    case 'ease': {
      const scorer = fitEase(matrix, settings.lambda, work)
      if (scorer) return { scorer, warnings: [] }
      const instead = 'what is popular is recommended. Give more time, or take item-knn.'
      return { scorer: { kind: 'popularity' }, warnings: [cut(instead)] }
    }
    case 'item-knn': {
      const { scorer, done } = fitItemKnn(matrix, settings, work)
      const of = `${String(done)} of ${String(matrix.columns)} items, the most popular ones, have neighbours.`
      return { scorer, warnings: done < matrix.columns ? [cut(of)] : [] }
    }
    case 'als': {
      const { scorer, done } = fitAls(matrix, settings, work)
      const of = `${String(done)} of ${String(settings.iterations)} iterations were made.`
      return { scorer, warnings: done < settings.iterations ? [cut(of)] : [] }
    }
    case 'bpr': {
      const { scorer, done } = fitBpr(matrix, settings, work)
      const of = `${String(done)} of ${String(settings.epochs)} epochs were made.`
      return { scorer, warnings: done < settings.epochs ? [cut(of)] : [] }
    }
    case 'popularity':
      return { scorer: { kind: 'popularity' }, warnings: [] }
  }
}
