import { ApiProperty } from '@nestjs/swagger';
import { rounded } from '../dashboard/rounding.js';
import { asleepMs } from '../dashboard/sleep-figures.js';
import type { SleepRow } from '../records/whoop-rows.js';
import { iso, minutes, OptionalNumber, ScoreState, Time } from './record-properties.js';

const HOUR_MS = 3_600_000;

export class WhoopSleepStagesDto {
  @OptionalNumber(102)
  rem_min: number | null;

  @OptionalNumber(102)
  deep_min: number | null;

  @OptionalNumber(226)
  light_min: number | null;

  @OptionalNumber(23)
  awake_min: number | null;
}

export class WhoopSleepDto {
  @ApiProperty({ example: '9f0c1a52-7c1e-4a63-b1a5-6d1f0a9c2e11' })
  id: string;

  @ApiProperty({ example: '9f0c1a52-7c1e-4a63-b1a5-6d1f0a9c2e11' })
  sleep_id: string;

  @ApiProperty({ example: '93842' })
  cycle_id: string;

  @ApiProperty({ format: 'date', example: '2025-11-20', description: 'The local day on which it ended.' })
  date: string;

  @Time('2025-11-19T22:55:00.000Z')
  start_time: string;

  @Time('2025-11-20T06:28:00.000Z')
  end_time: string;

  @ApiProperty({ example: '+01:00' })
  timezone_offset: string;

  @OptionalNumber(7.2, 'Hours asleep, not in bed; to one decimal. `total_sleep_min` is exact.')
  total_sleep_hours: number | null;

  @OptionalNumber(430)
  total_sleep_min: number | null;

  @OptionalNumber(94.1, 'Percent.')
  sleep_performance: number | null;

  @OptionalNumber(94.92, 'Percent.')
  sleep_efficiency: number | null;

  @OptionalNumber(78, 'Percent.')
  sleep_consistency: number | null;

  @ApiProperty({ type: WhoopSleepStagesDto })
  stages: WhoopSleepStagesDto;

  @OptionalNumber(15.86, 'Breaths a minute.')
  respiratory_rate: number | null;

  @OptionalNumber(102)
  rem_sleep_min: number | null;

  @OptionalNumber(102)
  deep_sleep_min: number | null;

  @OptionalNumber(226)
  light_sleep_min: number | null;

  @OptionalNumber(23)
  awake_min: number | null;

  @OptionalNumber(0)
  no_data_min: number | null;

  @OptionalNumber(453)
  in_bed_min: number | null;

  @OptionalNumber(480.8, 'What WHOOP thinks was needed.')
  sleep_needed_min: number | null;

  @OptionalNumber(4)
  sleep_cycle_count: number | null;

  @OptionalNumber(6)
  disturbance_count: number | null;

  @ApiProperty({ example: false })
  nap: boolean;

  @ScoreState()
  score_state: string;

  @Time('2025-11-20T06:28:00.000Z')
  created_at: string;

  @Time('2025-11-20T06:40:00.000Z')
  updated_at: string;

  static from(row: SleepRow): WhoopSleepDto {
    const dto = new WhoopSleepDto();
    const asleep = asleepMs(row);
    dto.id = row.sleepId;
    dto.sleep_id = row.sleepId;
    dto.cycle_id = row.cycleId;
    dto.date = row.date;
    dto.start_time = iso(row.startTime);
    dto.end_time = iso(row.endTime);
    dto.timezone_offset = row.timezoneOffset;
    dto.total_sleep_hours = asleep === null ? null : rounded(asleep / HOUR_MS, 1);
    dto.total_sleep_min = minutes(asleep);
    dto.sleep_performance = row.sleepPerformance;
    dto.sleep_efficiency = row.sleepEfficiency;
    dto.sleep_consistency = row.sleepConsistency;
    dto.respiratory_rate = row.respiratoryRate;
    dto.rem_sleep_min = minutes(row.remMs);
    dto.deep_sleep_min = minutes(row.slowWaveMs);
    dto.light_sleep_min = minutes(row.lightMs);
    dto.awake_min = minutes(row.awakeMs);
    dto.no_data_min = minutes(row.noDataMs);
    dto.in_bed_min = minutes(row.inBedMs);
    dto.sleep_needed_min = minutes(row.neededMs);
    dto.stages = {
      rem_min: dto.rem_sleep_min,
      deep_min: dto.deep_sleep_min,
      light_min: dto.light_sleep_min,
      awake_min: dto.awake_min,
    };
    dto.sleep_cycle_count = row.sleepCycleCount;
    dto.disturbance_count = row.disturbanceCount;
    dto.nap = row.nap;
    dto.score_state = row.scoreState;
    dto.created_at = iso(row.createdAt);
    dto.updated_at = iso(row.updatedAt);
    return dto;
  }
}
