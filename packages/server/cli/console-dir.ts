import { fileURLToPath } from 'node:url'

/** Folder of the built console. */
export const consoleDir = fileURLToPath(new URL('../../console/dist', import.meta.url))
