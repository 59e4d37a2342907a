import { Schema } from 'mongoose';
import type { JobFailure } from '../../../../infra/jobs/job-queue.js';
import type { MadeReport, TaskEnd, TaskRequest } from './report-task-row.js';
import type { TaskStatus } from './report-task-state.js';

/** One task, and with it one report. */
export interface ReportTaskDocument {
  _id: string;
  userId: string;
  request: TaskRequest;
  requestHash: string;
  /** `requestHash` with the owner, while the task has not ended: there is one at a time. */
  openKey?: string;
  hasOwnKey?: boolean;
  webhookIds?: string[];
  /** Of the newest run that has begun: no older one can end the task. */
  fencingToken?: number;
  end?: TaskEnd;
  error?: JobFailure;
  createdAt: Date;
  endedAt?: Date;
  made?: MadeReport;
  isTold?: boolean;
}

export const ReportTaskSchema = new Schema<ReportTaskDocument>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    request: { type: Object, required: true },
    requestHash: { type: String, required: true },
    openKey: { type: String },
    hasOwnKey: { type: Boolean },
    webhookIds: { type: [String], default: undefined },
    fencingToken: { type: Number },
    end: { type: String },
    error: { type: Object },
    createdAt: { type: Date, required: true },
    endedAt: { type: Date },
    made: { type: Object },
    isTold: { type: Boolean },
  },
  { collection: 'report_tasks', autoIndex: false, versionKey: false },
);

ReportTaskSchema.index({ openKey: 1 }, { unique: true, partialFilterExpression: { openKey: { $exists: true } } });
ReportTaskSchema.index({ userId: 1, createdAt: -1 });
ReportTaskSchema.index({ userId: 1, requestHash: 1, createdAt: -1 });
ReportTaskSchema.index({ end: 1, createdAt: 1 });

export const REPORT_TASK_MODEL = 'ReportTask';

/** A piece of a report's JSON text, compressed: a report of many people and days is larger than a document may be. */
export interface ReportPartDocument {
  taskId: string;
  userId: string;
  fencingToken: number;
  part: number;
  data: Buffer;
}

export const ReportPartSchema = new Schema<ReportPartDocument>(
  {
    taskId: { type: String, required: true },
    userId: { type: String, required: true },
    fencingToken: { type: Number, required: true },
    part: { type: Number, required: true },
    data: { type: Buffer, required: true },
  },
  { collection: 'report_parts', autoIndex: false, versionKey: false },
);

ReportPartSchema.index({ taskId: 1, fencingToken: 1, part: 1 }, { unique: true });
ReportPartSchema.index({ userId: 1 });

export const REPORT_PART_MODEL = 'ReportPart';

/** What was answered to a request with an `Idempotency-Key`. */
export interface ReportRequestKeyDocument {
  /** Hash of user and key. */
  _id: string;
  userId: string;
  /** Of route and body. */
  bodyHash: string;
  /** The task that the first request would make, chosen before it is made. */
  newTaskId: string;
  createdAt: Date;
  /** Absent: not answered yet, or the server died before it could. */
  answer?: {
    taskId: string;
    status: Exclude<TaskStatus, 'failed'>;
    /** `secretHash`: of the secret that the answer showed, if it did. */
    webhook?: { id: string; url: string; secretHash?: string };
  };
}

export const ReportRequestKeySchema = new Schema<ReportRequestKeyDocument>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    bodyHash: { type: String, required: true },
    newTaskId: { type: String, required: true },
    createdAt: { type: Date, required: true },
    answer: { type: Object },
  },
  { collection: 'report_request_keys', autoIndex: false, versionKey: false },
);

ReportRequestKeySchema.index({ createdAt: 1 });
ReportRequestKeySchema.index({ userId: 1 });

export const REPORT_REQUEST_KEY_MODEL = 'ReportRequestKey';
