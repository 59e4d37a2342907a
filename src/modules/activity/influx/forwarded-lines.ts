import type { InfluxClient } from '../../../infra/influx/influx.client.js';
import type { LineSink, WriteRequest } from '../ingest/body-lines.js';
import type { ReadSeries } from '../ingest/known-series.js';
import type { PointWriter } from '../ingest/point-writer.js';
import type { WriteRights } from '../ingest/write-rights.js';
import { nameFault } from '../line-protocol/series.js';
import type { LineReader } from '../line-protocol/line-reader.js';
import { serverTime, type Precision } from '../line-protocol/timestamp.js';

const NEWLINE = Buffer.from('\n');
const PRECISIONS: Record<Precision, 'ns' | 'us' | 'ms' | 's'> = {
  ns: 'ns',
  n: 'ns',
  us: 'us',
  u: 'us',
  ms: 'ms',
  s: 's',
};

interface ForwardedSeries {
  /** `,org=…` where the line has no such tag; else empty. */
  org: Buffer;
}

/**
 * Sends the good lines of one body on to InfluxDB as they came. A line without the tag `org` gets that of the request, since
 * ownership and reports go by the tag; one without a time gets the time of its receipt, so that it is the same point when it
 * is sent again.
 */
export class ForwardedLines implements PointWriter, LineSink<ForwardedSeries> {
  private pieces: Uint8Array[] = [];
  private readonly receivedAt: Buffer;

  constructor(
    private readonly request: WriteRequest,
    private readonly rights: WriteRights,
    private readonly influx: InfluxClient,
  ) {
    this.receivedAt = Buffer.from(` ${timeText(request)}`);
  }

  begin(): LineSink<unknown> {
    this.pieces = [];
    return this;
  }

  /** What is refused beyond the rights, InfluxDB says. */
  async confirm(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async store(): Promise<void> {
    await this.influx.write(Buffer.concat(this.pieces), PRECISIONS[this.request.precision]);
  }

  open(series: ReadSeries, org: string): ForwardedSeries | { refusal: string } {
    const refusal = this.rights.refusalOf(org, series.user);
    if (refusal !== null) return { refusal };
    if (series.org !== null) return { org: Buffer.alloc(0) };
    // It would take the comma after it along.
    if (org.endsWith('\\')) return { refusal: 'the name of its organization ends with a backslash' };
    return { org: Buffer.from(`,org=${org.replace(/[,= ]/g, '\\$&')}`) };
  }

  take({ org }: ForwardedSeries, reader: LineReader): string | null {
    for (let i = 0; i < reader.fieldCount; i++) {
      const fault = nameFault('field', reader.keys[i]!);
      if (fault !== null) return fault;
    }
    const { bytes, start, seriesEnd, fieldsEnd, end, hasTime } = reader;
    if (org.length === 0 && hasTime) this.pieces.push(bytes.subarray(start, end));
    else this.pieces.push(bytes.subarray(start, seriesEnd), org, bytes.subarray(seriesEnd, fieldsEnd));
    if (org.length > 0 && hasTime) this.pieces.push(bytes.subarray(fieldsEnd, end));
    if (!hasTime) this.pieces.push(this.receivedAt);
    this.pieces.push(NEWLINE);
    return null;
  }
}

function timeText({ receivedAt, precision }: WriteRequest): string {
  const { ms } = serverTime(receivedAt, precision);
  const name = PRECISIONS[precision];
  if (name === 's') return String(ms / 1000);
  return name === 'ms' ? String(ms) : `${ms}${name === 'us' ? '000' : '000000'}`;
}
