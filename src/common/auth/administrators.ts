import { Injectable } from '@nestjs/common';

/**
 * Who is an administrator at this moment: for what one of them began with credentials and what ends without any. The module of
 * accounts answers; where it is not loaded, as in commands, nobody is one.
 */
@Injectable()
export class Administrators {
  private ask: (userId: string) => Promise<boolean> = () => Promise.resolve(false);

  answerBy(ask: (userId: string) => Promise<boolean>): void {
    this.ask = ask;
  }

  /** Whether the account is open, enabled, and an administrator's. Read from the database, not from a cache. */
  async include(userId: string): Promise<boolean> {
    return this.ask(userId);
  }
}
