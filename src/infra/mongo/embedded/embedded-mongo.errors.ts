// These stop the start of the server; they never become an HTTP answer, so they are plain errors, not domain errors.

/** No engine can run on this machine. The message gives the reason and the three ways out. */
export class EmbeddedEngineUnavailableError extends Error {
  override readonly name = 'EmbeddedEngineUnavailableError';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `The embedded MongoDB engine cannot run here: ${reason}. Three ways out: ` +
        `set MONGODB_URI to a MongoDB server of yours; run "docker compose up", which brings one; ` +
        `or use a newer system (Debian 13, Ubuntu 24.04 or later, macOS on Apple silicon).`,
      options,
    );
  }
}

/** Another server, or the engine of one, has the data folder open. */
export class EmbeddedEngineLockedError extends Error {
  override readonly name = 'EmbeddedEngineLockedError';

  constructor(
    readonly folder: string,
    holder?: string,
  ) {
    super(
      `The data folder ${folder} is in use by another server${holder ? ` (${holder})` : ''}. ` +
        `Stop that one first, or set DATA_DIR to give this one a folder of its own.`,
    );
  }
}

/** The engine runs on this machine, but could not open this folder: rights, a full disk, damaged files. */
export class EmbeddedEngineStartError extends Error {
  override readonly name = 'EmbeddedEngineStartError';

  constructor(
    readonly folder: string,
    readonly reason: string,
  ) {
    super(
      `The embedded MongoDB engine could not open ${folder}: ${reason}. ` +
        `Check the folder's rights and the free space; set DATA_DIR to use another folder.`,
    );
  }
}
