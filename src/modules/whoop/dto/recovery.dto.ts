import { ApiProperty } from '@nestjs/swagger';
import { recoveryStatus, type RecoveryStatus } from '../dashboard/recovery-status.js';
import type { RecoveryRow } from '../records/whoop-rows.js';
import { iso, OptionalNumber, ScoreState, Time } from './record-properties.js';

export class WhoopRecoveryDto {
  @ApiProperty({ example: '93842', description: 'The same as `cycle_id`: a recovery has no id of its own.' })
  id: string;

  @ApiProperty({ example: '93842' })
  cycle_id: string;

  @ApiProperty({ example: '9f0c1a52-7c1e-4a63-b1a5-6d1f0a9c2e11' })
  sleep_id: string;

  @ApiProperty({ format: 'date', example: '2025-11-20', description: 'The local day on which the member woke up.' })
  date: string;

  @OptionalNumber(71, 'Percent.')
  recovery_score: number | null;

  @OptionalNumber(52, 'Beats a minute.')
  resting_heart_rate: number | null;

  @OptionalNumber(68.4, 'Milliseconds.')
  hrv_rmssd: number | null;

  @OptionalNumber(96.5)
  spo2_percentage: number | null;

  @OptionalNumber(33.4)
  skin_temp_celsius: number | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: false,
    description: 'The strap is still learning the member.',
  })
  user_calibrating: boolean | null;

  @ApiProperty({
    enum: ['green', 'yellow', 'red', 'unknown'],
    example: 'green',
    description: 'Green from 67 on, yellow from 34 on.',
  })
  recovery_status: RecoveryStatus;

  @ScoreState()
  score_state: string;

  @Time('2025-11-20T06:31:00.000Z')
  created_at: string;

  @Time('2025-11-20T06:40:00.000Z')
  updated_at: string;

  static from(row: RecoveryRow): WhoopRecoveryDto {
    const dto = new WhoopRecoveryDto();
    dto.id = row.cycleId;
    dto.cycle_id = row.cycleId;
    dto.sleep_id = row.sleepId;
    dto.date = row.date;
    dto.recovery_score = row.recoveryScore;
    dto.resting_heart_rate = row.restingHeartRate;
    dto.hrv_rmssd = row.hrvRmssd;
    dto.spo2_percentage = row.spo2Percentage;
    dto.skin_temp_celsius = row.skinTempCelsius;
    dto.user_calibrating = row.userCalibrating;
    dto.recovery_status = recoveryStatus(row.recoveryScore);
    dto.score_state = row.scoreState;
    dto.created_at = iso(row.createdAt);
    dto.updated_at = iso(row.updatedAt);
    return dto;
  }
}
