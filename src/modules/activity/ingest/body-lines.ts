import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import { LineReader, printable } from '../line-protocol/line-reader.js';
import { serverTime, type Precision, type PreciseTime } from '../line-protocol/timestamp.js';
import { MAX_ORG_NAME_LENGTH, MAX_USER_NAME_LENGTH } from '../../orgs/org-member.js';
import { BodySeries, type ReadSeries, type SeriesMemory } from './known-series.js';

/** After so many bytes others may have a turn. */
const BYTES_PER_LOOK = 64 * 1024;
const MAX_MEASUREMENT_LENGTH = 256;
const MAX_QUOTED_LENGTH = 120;
/** A newline in the name of the request would end the line in which it is sent on. */
const CONTROL = /\p{Cc}/u;

export interface WriteRequest {
  body: Buffer;
  precision: Precision;
  /** For points without the tag `org`. */
  org: string | null;
  /** Epoch milliseconds; for points without a time. */
  receivedAt: number;
}

/** What is made of the lines of one body. `S`: what it remembers of a series for its next lines. */
export interface LineSink<S> {
  /**
   * A series that is new in this body, or why its lines are refused, as the end of a sentence. `org`: of its tag, or of
   * the request.
   */
  open(series: ReadSeries, org: string): S | { refusal: string };
  /** Takes the point on which the reader stands, or says why not. */
  take(series: S, reader: LineReader, time: PreciseTime): string | null;
}

export interface BadLine {
  /** From 1 on. */
  line: number;
  /** A sentence for a person, with the line. */
  reason: string;
}

export interface BodyOutcome {
  good: number;
  bad: number;
  firstBad: BadLine | null;
}

/** Hands every line to the sink, each by its own verdict. Gives way to others now and then. */
export async function readBody<S>(
  request: WriteRequest,
  sink: LineSink<S>,
  memory: SeriesMemory,
): Promise<BodyOutcome> {
  const reader = new LineReader(request.body, request.precision);
  const now = serverTime(request.receivedAt, request.precision);
  const known = new BodySeries<S | { refusal: string }>();
  const open = (text: string) => openSeries(memory.read(text), request.org, sink);
  const outcome: BodyOutcome = { good: 0, bad: 0, firstBad: null };
  const turns = new EventLoopTurns();
  let lookAt = BYTES_PER_LOOK;
  while (reader.next()) {
    const refusal = reader.fault ?? takeLine(reader, now, known.of(reader, open), sink);
    if (refusal === null) outcome.good++;
    else {
      outcome.bad++;
      outcome.firstBad ??= { line: reader.line, reason: `${refusal}: ${quote(reader)}` };
    }
    if (reader.end < lookAt) continue;
    lookAt = reader.end + BYTES_PER_LOOK;
    await turns.give();
  }
  return outcome;
}

function takeLine<S>(
  reader: LineReader,
  now: PreciseTime,
  series: S | { refusal: string },
  sink: LineSink<S>,
): string | null {
  if (isRefused(series)) return series.refusal;
  return sink.take(series, reader, reader.hasTime ? reader.time : now);
}

function openSeries<S>(
  series: ReadSeries | string,
  defaultOrg: string | null,
  sink: LineSink<S>,
): S | { refusal: string } {
  if (typeof series === 'string') return { refusal: series };
  const { measurement, user } = series;
  const org = series.org ?? defaultOrg;
  if (org === null) return { refusal: 'it has no tag org, and the request names no org either' };
  if (CONTROL.test(org)) return { refusal: 'the name of its organization has a control character' };
  if (org.length > MAX_ORG_NAME_LENGTH) return { refusal: 'the name of its organization is too long' };
  if (user.length > MAX_USER_NAME_LENGTH) return { refusal: 'the tag user is too long' };
  if (measurement.length > MAX_MEASUREMENT_LENGTH) return { refusal: 'its measurement is too long' };
  return sink.open(series, org);
}

function isRefused<S>(series: S | { refusal: string }): series is { refusal: string } {
  return typeof (series as { refusal?: unknown }).refusal === 'string';
}

function quote({ bytes, start, end }: LineReader): string {
  // A character has up to four bytes, and one that is cut would end in a question mark.
  const text = bytes.toString('utf8', start, Math.min(end, start + 4 * MAX_QUOTED_LENGTH + 4));
  return printable(text, MAX_QUOTED_LENGTH);
}
