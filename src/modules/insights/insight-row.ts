export const INSIGHT_KINDS = ['daily_summary', 'productivity_insights', 'weekly_report'] as const;
export type InsightKind = (typeof INSIGHT_KINDS)[number];

export const INSIGHT_TYPES = ['summary', 'insights', 'highlight', 'recommendation'] as const;
export type InsightType = (typeof INSIGHT_TYPES)[number];

export interface InsightText {
  type: InsightType;
  content: string;
}

/** What a text is about. Local dates, `YYYY-MM-DD`, both inclusive. */
export interface InsightSubject {
  kind: InsightKind;
  from: string;
  to: string;
  timeZone: string;
}

export interface InsightRow extends InsightSubject {
  id: string;
  userId: string;
  /** What it was made from: figures, prompt and model. */
  key: string;
  /** `null`: for as long as the key is the same. */
  freshUntil: Date | null;
  insights: InsightText[];
  /** `null`: a template. */
  model: string | null;
  generatedAt: Date;
}
