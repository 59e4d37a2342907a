/** Why a backup or a restore could not be done; the message is a sentence for the person who runs the command. */
export class BackupError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'BackupError';
  }
}
