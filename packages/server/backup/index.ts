export { BackupError } from './backup-error.ts'
export { createBackup, type BackupOptions } from './backup.ts'
export { restoreBackup, type RestoreOptions } from './restore.ts'
