import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import { LineReader, printable } from '../line-protocol/line-reader.js';
import { parseSeries, type Series } from '../line-protocol/series.js';
import { serverTime, type Precision, type PreciseTime } from '../line-protocol/timestamp.js';
import { MAX_ORG_NAME_LENGTH, MAX_USER_NAME_LENGTH } from '../../orgs/org-member.js';

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

/** A measurement with its tags, and whose it is. */
export interface OwnedSeries extends Series {
  /** Of the tag, or of the request. */
  org: string;
  /** Of the tag; empty: there is none. */
  user: string;
}

/** What is made of the lines of one body. `S`: what it remembers of a series for its next lines. */
export interface LineSink<S> {
  /** A series that is new in this body, or why its lines are refused, as the end of a sentence. */
  open(series: OwnedSeries): S | { refusal: string };
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
export async function readBody<S>(request: WriteRequest, sink: LineSink<S>): Promise<BodyOutcome> {
  const reader = new LineReader(request.body, request.precision);
  const now = serverTime(request.receivedAt, request.precision);
  const known = new Map<string, S | { refusal: string }>();
  const outcome: BodyOutcome = { good: 0, bad: 0, firstBad: null };
  const turns = new EventLoopTurns();
  let lookAt = BYTES_PER_LOOK;
  while (reader.next()) {
    const refusal = reader.fault ?? takeLine(reader, request.org, now, known, sink);
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
  org: string | null,
  now: PreciseTime,
  known: Map<string, S | { refusal: string }>,
  sink: LineSink<S>,
): string | null {
  const text = reader.series;
  let series = known.get(text);
  if (series === undefined) {
    series = openSeries(Buffer.from(text, 'latin1').toString('utf8'), org, sink);
    known.set(text, series);
  }
  if (isRefused(series)) return series.refusal;
  return sink.take(series, reader, reader.hasTime ? reader.time : now);
}

function openSeries<S>(text: string, defaultOrg: string | null, sink: LineSink<S>): S | { refusal: string } {
  const series = parseSeries(text);
  if (typeof series === 'string') return { refusal: series };
  const org = tagOf(series, 'org') ?? defaultOrg;
  if (org === null) return { refusal: 'it has no tag org, and the request names no org either' };
  if (CONTROL.test(org)) return { refusal: 'the name of its organization has a control character' };
  const user = tagOf(series, 'user') ?? '';
  if (org.length > MAX_ORG_NAME_LENGTH) return { refusal: 'the name of its organization is too long' };
  if (user.length > MAX_USER_NAME_LENGTH) return { refusal: 'the tag user is too long' };
  if (series.measurement.length > MAX_MEASUREMENT_LENGTH) return { refusal: 'its measurement is too long' };
  return sink.open({ ...series, org, user });
}

export function tagOf({ tags }: Series, name: string): string | undefined {
  return tags.find(([key]) => key === name)?.[1];
}

function isRefused<S>(series: S | { refusal: string }): series is { refusal: string } {
  return typeof (series as { refusal?: unknown }).refusal === 'string';
}

function quote({ bytes, start, end }: LineReader): string {
  // A character has up to four bytes, and one that is cut would end in a question mark.
  const text = bytes.toString('utf8', start, Math.min(end, start + 4 * MAX_QUOTED_LENGTH + 4));
  return printable(text, MAX_QUOTED_LENGTH);
}
