import { Injectable } from '@nestjs/common';

/** Rows as JSON objects, without secrets; read in a stream, so that an account of any size can be exported. */
export type ExportAccountData = (userId: string) => AsyncIterable<object>;

/** What belongs into the archive of one's data. Each name becomes the file `<name>.ndjson`. */
@Injectable()
export class AccountExport {
  private readonly sources = new Map<string, ExportAccountData>();

  /** @throws Error when the name is taken or is not a plain file name. */
  register(name: string, rows: ExportAccountData): void {
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`"${name}" is not a plain file name`);
    if (this.sources.has(name)) throw new Error(`Account export "${name}" is registered twice`);
    this.sources.set(name, rows);
  }

  list(): [name: string, rows: ExportAccountData][] {
    return [...this.sources];
  }
}
