/** The vectors of one base and model as one block of memory: row i belongs to chunk `ids[i]`. */
export interface VectorBlock {
  ids: string[]
  dims: number
  /** `[ids.length][dims]` row-major, each row of length 1. */
  vectors: Float32Array
}

export interface VectorCache {
  /** The block of this key and version, loaded when it is not in memory. Simultaneous askers share one load. */
  get(key: CacheKey, version: number, load: () => Promise<VectorBlock>): Promise<VectorBlock>
  /** Bytes in memory. */
  bytes(): number
}

interface CacheKey {
  tenantId: string
  baseId: string
  model: string
}

/** Least recently used blocks give way when all together are over `maxBytes`. A block that is larger by itself is not kept. */
export function createVectorCache(maxBytes: number): VectorCache {
  const entries = new Map<string, { version: number; block: VectorBlock; bytes: number }>()
  const loading = new Map<string, Promise<VectorBlock>>()
  let total = 0

  const drop = (name: string) => {
    total -= entries.get(name)?.bytes ?? 0
    entries.delete(name)
  }
  const keep = (name: string, version: number, block: VectorBlock) => {
    const bytes = block.vectors.byteLength + block.ids.length * 40
    if ((entries.get(name)?.version ?? -1) > version) return
    drop(name)
    if (bytes > maxBytes) return
    entries.set(name, { version, block, bytes })
    total += bytes
    for (const oldest of entries.keys()) {
      if (total <= maxBytes) break
      drop(oldest)
    }
  }

  return {
    bytes: () => total,
    async get(key, version, load) {
      const name = JSON.stringify([key.tenantId, key.baseId, key.model])
      const entry = entries.get(name)
      if (entry?.version === version) {
        entries.delete(name)
        entries.set(name, entry)
        return entry.block
      }
      const loadName = `${name} ${String(version)}`
      const current = loading.get(loadName)
      if (current) return current
      const started = load()
      loading.set(loadName, started)
      try {
        const block = await started
        keep(name, version, block)
        return block
      } finally {
        loading.delete(loadName)
      }
    },
  }
}
