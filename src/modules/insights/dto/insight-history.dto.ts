import { ApiProperty } from '@nestjs/swagger';
import { INSIGHT_KINDS, INSIGHT_TYPES, type InsightKind, type InsightRow, type InsightType } from '../insight-row.js';
import { NarrativeDto } from './insights.dto.js';

export class InsightTextDto {
  @ApiProperty({ enum: INSIGHT_TYPES, example: 'summary' })
  type: InsightType;

  @ApiProperty({ example: 'You browsed for 3 h 12 min on Wednesday, 19 November.' })
  content: string;
}

export class InsightPeriodDto {
  @ApiProperty({ example: '2025-11-19', description: 'First local day.' })
  start: string;

  @ApiProperty({ example: '2025-11-19', description: 'Last local day.' })
  end: string;

  @ApiProperty({ example: 'Europe/Berlin' })
  timezone: string;
}

export class InsightDto {
  @ApiProperty({ example: '691f2c5e8a1b2c3d4e5f6071' })
  id: string;

  @ApiProperty({ example: '5d7a2f0c-6f0e-4c8e-9a53-3f1f0a9b7c11' })
  userId: string;

  @ApiProperty({ example: '2025-11-19', description: 'The last day that it tells of.' })
  date: string;

  @ApiProperty({ enum: INSIGHT_KINDS, example: 'daily_summary' })
  kind: InsightKind;

  @ApiProperty({ type: InsightPeriodDto })
  period: InsightPeriodDto;

  @ApiProperty({ type: [InsightTextDto] })
  insights: InsightTextDto[];

  @ApiProperty({ type: NarrativeDto })
  narrative: NarrativeDto;

  @ApiProperty({ example: '2025-11-20T07:00:00.000Z', format: 'date-time' })
  generatedAt: string;

  static from(row: InsightRow): InsightDto {
    const dto = new InsightDto();
    dto.id = row.id;
    dto.userId = row.userId;
    dto.date = row.to;
    dto.kind = row.kind;
    dto.period = { start: row.from, end: row.to, timezone: row.timeZone };
    dto.insights = row.insights.map(({ type, content }) => ({ type, content }));
    dto.narrative = NarrativeDto.from(
      row.model === null ? { source: 'template' } : { source: 'model', model: row.model },
    );
    dto.generatedAt = row.generatedAt.toISOString();
    return dto;
  }
}

export class InsightHistoryDto {
  @ApiProperty({ type: [InsightDto], description: 'The newest first.' })
  insights: InsightDto[];

  @ApiProperty({ example: 1, description: 'How many are listed here.' })
  count: number;

  static from(rows: InsightRow[]): InsightHistoryDto {
    const dto = new InsightHistoryDto();
    dto.insights = rows.map((row) => InsightDto.from(row));
    dto.count = rows.length;
    return dto;
  }
}
