export { BackupError, type BackupProblem } from './backup-error.ts'
export { createBackup, type BackupOptions, type BackupResult } from './backup.ts'
export { restoreBackup, type RestoreOptions, type RestoreResult } from './restore.ts'
