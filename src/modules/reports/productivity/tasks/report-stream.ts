import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { ReportExport } from '../exports/report-export.service.js';
import { ReportTaskStatusDto } from './dto/report-task.dto.js';
import { statusFields, statusPieces } from './report-answers.js';
import type { ListedTask, ReportTasksService } from './report-tasks.service.js';

/** The status; with the report, which may be large, as a stream of its text. */
export async function statusAnswer(
  tasks: ReportTasksService,
  listed: ListedTask,
): Promise<ReportTaskStatusDto | StreamableFile> {
  const { task, state } = listed;
  if (task.made === null) return ReportTaskStatusDto.from(listed);
  const body = Readable.from(statusPieces(statusFields(task, state), await tasks.read(task)), { objectMode: false });
  return new StreamableFile(body, { type: 'application/json; charset=utf-8' });
}

export function exportAnswer({ body, contentType, fileName }: ReportExport): StreamableFile {
  return new StreamableFile(body, { type: contentType, disposition: `attachment; filename="${fileName}"` });
}
