import { ApiProperty } from '@nestjs/swagger';
import { rounded } from '../dashboard/rounding.js';
import { sportOf } from '../records/sports.js';
import type { WorkoutRow } from '../records/whoop-rows.js';
import { iso, MINUTE_MS, OptionalNumber, ScoreState, Time } from './record-properties.js';

const KJ_PER_KCAL = 4.184;

export class WhoopWorkoutDto {
  @ApiProperty({ example: '0a7c0000-51a3-4b7e-9d05-1f2e3d4c5b6a' })
  id: string;

  @ApiProperty({ example: '0a7c0000-51a3-4b7e-9d05-1f2e3d4c5b6a' })
  workout_id: string;

  @ApiProperty({ format: 'date', example: '2025-11-20', description: 'The local day on which it began.' })
  date: string;

  @Time('2025-11-20T17:00:00.000Z')
  start_time: string;

  @Time('2025-11-20T18:02:14.000Z')
  end_time: string;

  @ApiProperty({ example: '+01:00' })
  timezone_offset: string;

  @OptionalNumber(0, 'WHOOP no longer promises it; looked up by the name where it is missing.')
  sport_id: number | null;

  @ApiProperty({ example: 'running', description: 'WHOOP’s slug.' })
  sport_name: string;

  @ApiProperty({ example: 'Running', description: 'For people.' })
  sport: string;

  @OptionalNumber(12.4, '0 to 21.')
  strain: number | null;

  @OptionalNumber(152)
  average_heart_rate: number | null;

  @OptionalNumber(178)
  max_heart_rate: number | null;

  @OptionalNumber(438.04, 'Kilocalories, to two decimals; `kilojoules` is exact.')
  calories: number | null;

  @OptionalNumber(1832.74)
  kilojoules: number | null;

  @OptionalNumber(8123.4)
  distance_meters: number | null;

  @ApiProperty({ example: 62.233 })
  duration_min: number;

  @OptionalNumber(99.98, 'Percent of the time that was recorded.')
  percent_recorded: number | null;

  @OptionalNumber(64.2)
  altitude_gain_meters: number | null;

  @OptionalNumber(-1.8)
  altitude_change_meters: number | null;

  @ApiProperty({
    type: [Number],
    nullable: true,
    example: [0, 4, 9, 25, 23, 1.233],
    description: 'Minutes in the heart rate zones 0 to 5.',
  })
  zones_min: number[] | null;

  @ScoreState()
  score_state: string;

  @Time('2025-11-20T18:02:14.000Z')
  created_at: string;

  @Time('2025-11-20T18:05:00.000Z')
  updated_at: string;

  static from(row: WorkoutRow): WhoopWorkoutDto {
    const dto = new WhoopWorkoutDto();
    const sport = sportOf(row.sportName);
    dto.id = row.workoutId;
    dto.workout_id = row.workoutId;
    dto.date = row.date;
    dto.start_time = iso(row.startTime);
    dto.end_time = iso(row.endTime);
    dto.timezone_offset = row.timezoneOffset;
    dto.sport_id = row.sportId ?? sport.sportId;
    dto.sport_name = row.sportName;
    dto.sport = sport.display;
    dto.strain = row.strain;
    dto.average_heart_rate = row.averageHeartRate;
    dto.max_heart_rate = row.maxHeartRate;
    dto.calories = row.kilojoules === null ? null : rounded(row.kilojoules / KJ_PER_KCAL, 2);
    dto.kilojoules = row.kilojoules;
    dto.distance_meters = row.distanceMeters;
    dto.duration_min = rounded((row.endTime - row.startTime) / MINUTE_MS, 3);
    dto.percent_recorded = row.percentRecorded;
    dto.altitude_gain_meters = row.altitudeGainMeters;
    dto.altitude_change_meters = row.altitudeChangeMeters;
    dto.zones_min = row.zonesMs?.map((zone) => zone / MINUTE_MS) ?? null;
    dto.score_state = row.scoreState;
    dto.created_at = iso(row.createdAt);
    dto.updated_at = iso(row.updatedAt);
    return dto;
  }
}
