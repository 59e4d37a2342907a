import { ApiProperty } from '@nestjs/swagger';
import type { PeriodFigures } from '../dashboard/whoop-metrics-figures.js';

class WhoopRecoveryMetricsDto {
  @ApiProperty({
    example: 61.4,
    description: 'Over scored recoveries, to one decimal; 0 without any. So are the others.',
  })
  average_score: number;

  @ApiProperty({ example: 96 })
  max_score: number;

  @ApiProperty({ example: 21 })
  min_score: number;

  @ApiProperty({ example: 29, description: 'Whether scored or not.' })
  total_records: number;

  @ApiProperty({ example: 12 })
  green_days: number;

  @ApiProperty({ example: 13 })
  yellow_days: number;

  @ApiProperty({ example: 3 })
  red_days: number;
}

class WhoopSleepMetricsDto {
  @ApiProperty({ example: 7.1, description: 'Asleep, without naps.' })
  average_hours: number;

  @ApiProperty({ example: 84.6 })
  average_performance: number;

  @ApiProperty({ example: 29 })
  total_records: number;
}

class WhoopStrainMetricsDto {
  @ApiProperty({ example: 11.2 })
  average_daily_strain: number;

  @ApiProperty({ example: 18.7 })
  max_daily_strain: number;

  @ApiProperty({ example: 17, description: 'As `/api/whoop/workouts` lists them.' })
  total_workouts: number;

  @ApiProperty({ example: 9.8 })
  average_workout_strain: number;

  @ApiProperty({
    example: 1,
    description: 'Of the workouts, those that lie within another one: the same activity, recorded by two apps.',
  })
  overlapping_workouts: number;
}

export class WhoopMetricsDto {
  @ApiProperty({ example: 30 })
  period_days: number;

  @ApiProperty({ type: WhoopRecoveryMetricsDto })
  recovery: WhoopRecoveryMetricsDto;

  @ApiProperty({ type: WhoopSleepMetricsDto })
  sleep: WhoopSleepMetricsDto;

  @ApiProperty({ type: WhoopStrainMetricsDto })
  strain: WhoopStrainMetricsDto;

  static from(periodDays: number, { recovery, sleep, strain }: PeriodFigures): WhoopMetricsDto {
    const dto = new WhoopMetricsDto();
    dto.period_days = periodDays;
    dto.recovery = {
      average_score: recovery.average,
      max_score: recovery.max,
      min_score: recovery.min,
      total_records: recovery.records,
      green_days: recovery.green,
      yellow_days: recovery.yellow,
      red_days: recovery.red,
    };
    dto.sleep = {
      average_hours: sleep.averageHours,
      average_performance: sleep.averagePerformance,
      total_records: sleep.records,
    };
    dto.strain = {
      average_daily_strain: strain.averageDaily,
      max_daily_strain: strain.maxDaily,
      total_workouts: strain.workouts,
      average_workout_strain: strain.averageWorkout,
      overlapping_workouts: strain.overlapping,
    };
    return dto;
  }
}
