import type { ActivityUser } from '../../activity/activity-points.js';
import type { PackedDays } from './packed-days.js';
import type { ProductivityReportDto } from './dto/productivity-report.dto.js';

/** A report as it is stored and answered. */
export type ProductivityReport = ProductivityReportDto;

/** What a report is asked for. */
export interface ProductivityReportRequest {
  org: string;
  /** 1 to 50, in the order in which the report gives them. */
  users: readonly ActivityUser[];
  /** `YYYY-MM-DD`, inclusive, of the calendar of `timeZone`. */
  startDate: string;
  endDate: string;
  /** IANA name. */
  timeZone: string;
  /** Adds the weekly summaries; the period is then 7 days. */
  weekly: boolean;
  accountId?: string;
  orgId?: string;
  /** Who asks, for the rows of AI usage. */
  userId: string | null;
}

export interface BuildOptions {
  signal?: AbortSignal;
  /** 0 to 100, never less than before. */
  onProgress?: (percent: number) => void;
  /** Takes the days of a large report as compressed text; they are then in `packedDays` and, without hours, in the report. */
  packedDays?: PackedDays;
  /** A Gemini key of the request, for this narrative only: never stored or logged. */
  apiKey?: string;
}

/** What a finished report was made from; two reports with the same request and version say the same. */
export interface ReportVersion {
  dataVersion: string;
  /** Of prompts, their schemas, the rules of the figures and the settings that they use. */
  promptVersion: string;
  /** `null`: no model is configured. */
  model: string | null;
}

export interface BuiltReport extends ReportVersion {
  report: ProductivityReport;
  /** False: a text fell back to its template although a model is configured, so the report is not worth keeping. */
  final: boolean;
}
