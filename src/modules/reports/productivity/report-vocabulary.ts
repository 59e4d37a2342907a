export const DISCREPANCY_TYPES = [
  'extended_afk',
  'social_media',
  'media_consumption',
  'excessive_idle',
  'low_productivity_apps',
  'suspicious_pattern',
] as const;
export type DiscrepancyType = (typeof DISCREPANCY_TYPES)[number];

/** From the least to the worst. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where the totals of a day come from; `DailyReportDto` says what each means. */
export const DATA_QUALITIES = ['afk_status', 'daily_metrics', 'windows_only', 'no_data'] as const;
export type DataQuality = (typeof DATA_QUALITIES)[number];
