import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/dist/**']
const database = ['./packages/server/testing/database.global.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...exclude, '**/*.integration.test.ts', '**/*.protocol.test.ts', '**/*.browser.test.ts'],
          // Fits take seconds of their own, and a shared machine may be slow.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['packages/**/*.integration.test.ts'],
          exclude,
          globalSetup: database,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'protocol',
          include: ['packages/**/*.protocol.test.ts'],
          exclude,
          globalSetup: database,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['packages/**/*.browser.test.ts'],
          exclude,
          globalSetup: database,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
