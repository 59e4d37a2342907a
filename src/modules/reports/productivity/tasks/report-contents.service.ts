import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { DailyReportDto } from '../dto/daily-report.dto.js';
import type { PackedDays } from '../packed-days.js';
import type { ProductivityReport } from '../productivity-report.js';
import { ReportPartsRepository } from './report-parts.repository.js';
import type { MadeReport, ReportTaskRow } from './report-task-row.js';
import { parseDays, parseReport, reportLines } from './report-text.js';

/** Well below what a document may hold. */
const PART_BYTES = 4 * 1024 * 1024;
/** Characters of text that are compressed together. */
const MEMBER_LENGTH = 1_000_000;

const compress = promisify(gzip);

type ReportPlace = Pick<MadeReport, 'fencingToken' | 'parts'>;

/** Keeps the text of reports and gives it back, piece by piece. */
@Injectable()
export class ReportContentsService {
  constructor(private readonly parts: ReportPartsRepository) {}

  /** Durable when it resolves. The same task and token again writes the same place. */
  async store(
    task: Pick<ReportTaskRow, 'taskId' | 'userId'>,
    fencingToken: number,
    report: ProductivityReport,
    signal: AbortSignal,
    packedDays?: PackedDays,
  ): Promise<ReportPlace> {
    const { taskId, userId } = task;
    let pieces: Buffer[] = [];
    let bytes = 0;
    let part = 0;
    const flush = async () => {
      signal.throwIfAborted();
      await this.parts.put({ taskId, userId, fencingToken, part: part++, data: Buffer.concat(pieces) });
      pieces = [];
      bytes = 0;
    };
    for await (const piece of compressedPieces(reportLines(report, (user) => packedDays?.textOf(user)))) {
      for (let from = 0; from < piece.length; from += PART_BYTES) {
        const slice = piece.subarray(from, from + PART_BYTES);
        if (bytes + slice.length > PART_BYTES) await flush();
        pieces.push(slice);
        bytes += slice.length;
      }
    }
    if (bytes > 0) await flush();
    return { fencingToken, parts: part };
  }

  /** The JSON text, a token or more a line. The first part is there when it resolves, so that a store is known to answer. */
  async read(taskId: string, { fencingToken, parts }: ReportPlace): Promise<Readable> {
    const rest = this.parts.read(taskId, fencingToken, parts);
    const first = await rest.next();
    const compressed = Readable.from(startingWith(first, rest));
    const text = createGunzip();
    compressed.on('error', (error) => text.destroy(error));
    text.on('close', () => compressed.destroy());
    return compressed.pipe(text);
  }

  async parse(taskId: string, place: ReportPlace): Promise<ProductivityReport> {
    return parseReport(this.lines(taskId, place));
  }

  /** The report with days that have no hours, which are nearly all of it. */
  async parseWithoutHours(taskId: string, place: ReportPlace): Promise<ProductivityReport> {
    return parseReport(this.lines(taskId, place), (day) => ({ ...day, hourlyBreakdown: [] }));
  }

  /** All days of all persons as a whole, one after the other. */
  streamDays(taskId: string, place: ReportPlace): AsyncGenerator<DailyReportDto, void, undefined> {
    return parseDays(this.lines(taskId, place));
  }

  private async *lines(taskId: string, place: ReportPlace): AsyncGenerator<string, void, undefined> {
    const input = await this.read(taskId, place);
    input.setEncoding('utf8');
    try {
      // Not readline, for which a line also ends with the line separators of Unicode.
      let rest = '';
      for await (const chunk of input) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop()!;
        yield* lines;
      }
      if (rest !== '') yield rest;
    } finally {
      input.destroy();
    }
  }

  async delete(taskId: string): Promise<void> {
    await this.parts.delete(taskId);
  }

  /** What one run has written. */
  async deleteRun(taskId: string, fencingToken: number): Promise<void> {
    await this.parts.deleteRun(taskId, fencingToken);
  }

  /** What runs that died have left, besides the report that counts. */
  async deleteLeftovers(taskId: string, { fencingToken }: ReportPlace): Promise<void> {
    await this.parts.delete(taskId, fencingToken);
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.parts.deleteOfUser(userId);
  }
}

async function* startingWith<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done !== true) yield first.value;
  yield* rest;
}

/** A file of gzip may have several members: texts are compressed here, what is compressed already stays as it is. */
async function* compressedPieces(pieces: Iterable<string | Buffer>): AsyncGenerator<Buffer> {
  const turns = new EventLoopTurns();
  let text = '';
  for (const piece of pieces) {
    await turns.give();
    if (typeof piece === 'string') text += piece;
    if (text.length > 0 && (typeof piece !== 'string' || text.length >= MEMBER_LENGTH)) {
      yield await compress(text);
      text = '';
    }
    if (typeof piece !== 'string') yield piece;
  }
  if (text.length > 0) yield await compress(text);
}
