import { Injectable } from '@nestjs/common';

/** The wall clock, as a provider so that tests can set it. */
@Injectable()
export class Clock {
  /** Epoch milliseconds. */
  now(): number {
    return Date.now();
  }
}
