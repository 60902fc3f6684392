/**
 * Okapi BM25 (S. E. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, equation 3.15) with the inverse
 * document frequency that cannot become negative.
 */
export function inverseDocumentFrequency(documents: number, containing: number): number {
  return Math.log(1 + (documents - containing + 0.5) / (containing + 0.5))
}

/**
 * One term's share of a document's score.
 *
 * @param frequency occurrences in the document
 * @param length tokens in the document
 * @param averageLength tokens in the average document
 */
export function termScore(
  idf: number,
  frequency: number,
  length: number,
  averageLength: number,
  k1 = 1.2,
  b = 0.75,
): number {
  return (idf * frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / Math.max(averageLength, 1)))
}
