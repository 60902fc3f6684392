import { mergeConfig } from 'vite'
import config from '../vite.config.ts'
import { mockServer } from './mock-server.ts'

/** The console against sample answers, for work on pages without a server. Never part of a build. */
export default mergeConfig({ ...config, server: { host: '127.0.0.1' } }, { plugins: [mockServer()] })
