import type { Readable } from 'node:stream';
import type { ReportTaskRow } from './report-task-row.js';
import type { TaskState } from './report-task-state.js';

/** What the status of a task is answered with, apart from the report. */
export interface StatusFields {
  taskId: string;
  status: TaskState['status'];
  progress: number;
  error?: string;
  code?: string;
}

export function statusFields({ taskId }: ReportTaskRow, { status, progress, error }: TaskState): StatusFields {
  return { taskId, status, progress, ...(error && { error: error.message, code: error.code }) };
}

/**
 * The answer of a completed task: the report's text is put into it as it is stored, without being parsed.
 * @param oneLine takes the line breaks out, which stand between tokens only: for server-sent events
 */
export async function* statusPieces(
  fields: StatusFields,
  report: Readable,
  { oneLine = false } = {},
): AsyncGenerator<string | Buffer> {
  yield `${JSON.stringify(fields).slice(0, -1)},"report":`;
  for await (const chunk of report) yield oneLine ? withoutLineBreaks(chunk as Buffer) : (chunk as Buffer);
  yield '}';
}

/** Byte by byte: those of a character are never 0x0a in UTF-8, so a chunk may begin and end within one. */
function withoutLineBreaks(chunk: Buffer): Buffer {
  return Buffer.from(chunk.toString('latin1').replaceAll('\n', ''), 'latin1');
}
