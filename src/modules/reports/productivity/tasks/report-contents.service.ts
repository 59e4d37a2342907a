import { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { createGunzip, createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { ProductivityReport } from '../productivity-report.js';
import { ReportPartsRepository } from './report-parts.repository.js';
import type { MadeReport, ReportTaskRow } from './report-task-row.js';
import { parseReport, reportLines } from './report-text.js';

/** Well below what a document may hold. */
const PART_BYTES = 4 * 1024 * 1024;

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
    for await (const piece of Readable.from(giveTurns(reportLines(report)), { objectMode: false }).pipe(createGzip())) {
      pieces.push(piece as Buffer);
      bytes += (piece as Buffer).length;
      if (bytes >= PART_BYTES) await flush();
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
    const input = await this.read(taskId, place);
    const lines = createInterface({ input, crlfDelay: Infinity });
    // Its iterator ends well when the input fails.
    let failure: Error | undefined;
    input.on('error', (error) => {
      failure = error;
      lines.close();
    });
    try {
      return await parseReport(lines);
    } catch (error) {
      throw failure ?? error;
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

async function* giveTurns(pieces: Iterable<string>): AsyncGenerator<string> {
  const turns = new EventLoopTurns();
  for (const piece of pieces) {
    yield piece;
    await turns.give();
  }
}
