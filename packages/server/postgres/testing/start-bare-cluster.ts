import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unprivilegedAccount } from '../account.ts'
import { installedBinaries, prepareBinaries } from '../binaries.ts'
import { connectionUrl } from '../connection-url.ts'
import { initialiseCluster, superuser } from '../initialise-cluster.ts'
import { startPostmaster, stopPostmaster, type Cluster } from '../postmaster.ts'

/** A PostgreSQL that Guildhall has not prepared: what an operator's own server looks like. */
export interface BareCluster {
  url(user: string, password: string, database: string): string
  adminUrl: string
  stop(): Promise<void>
}

export async function startBareCluster(): Promise<BareCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gh-bare-'))
  const account = unprivilegedAccount(dataDir)
  const parent = join(dataDir, 'postgres')
  await mkdir(parent)
  if (account) await chown(parent, account.uid, account.gid)
  const binaries = await prepareBinaries({
    ...(await installedBinaries()),
    cacheFolder: join(dataDir, 'cache'),
    account,
  })
  const cluster: Cluster = { binaries, account, folder: join(parent, 'data'), logPath: join(dataDir, 'server.log') }
  await initialiseCluster({ binaries, account, folder: cluster.folder, password: 'bare' })
  const { endpoint } = await startPostmaster(cluster)
  const url = (user: string, password: string, database: string) => connectionUrl(endpoint, user, password, database)
  return {
    url,
    adminUrl: url(superuser, 'bare', 'postgres'),
    async stop() {
      await stopPostmaster(cluster)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
