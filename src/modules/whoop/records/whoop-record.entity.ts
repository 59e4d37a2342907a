import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { decimal, jsonText, wholeNumber } from '../../../infra/sql/column-types.js';

/** What every kind of record has. */
abstract class RecordColumns {
  @PrimaryColumn('text', { name: 'member_id' })
  memberId: string;

  @Column('text')
  date: string;

  @Column(wholeNumber({ name: 'start_time' }))
  startTime: number;

  @Column('text', { name: 'score_state' })
  scoreState: string;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  @Column(wholeNumber({ name: 'updated_at' }))
  updatedAt: number;

  /** The sync that saw it last; null: a webhook brought it, and no sync yet. */
  @Column('text', { name: 'seen_in', nullable: true })
  seenIn: string | null;

  /** When it was last written, by this server's clock. */
  @Column(wholeNumber({ name: 'stored_at' }))
  storedAt: number;
}

@Entity('whoop_cycles')
@Index('IDX_whoop_cycles_member_id_date', ['memberId', 'date'])
@Index('IDX_whoop_cycles_member_id_start_time', ['memberId', 'startTime'])
export class WhoopCycleEntity extends RecordColumns {
  @PrimaryColumn('text', { name: 'cycle_id' })
  cycleId: string;

  @Column(wholeNumber({ name: 'end_time', nullable: true }))
  endTime: number | null;

  @Column('text', { name: 'timezone_offset' })
  timezoneOffset: string;

  @Column(decimal({ nullable: true }))
  strain: number | null;

  @Column(decimal({ nullable: true }))
  kilojoules: number | null;

  @Column(decimal({ name: 'average_heart_rate', nullable: true }))
  averageHeartRate: number | null;

  @Column(decimal({ name: 'max_heart_rate', nullable: true }))
  maxHeartRate: number | null;
}

@Entity('whoop_recoveries')
@Index('IDX_whoop_recoveries_member_id_date', ['memberId', 'date'])
@Index('IDX_whoop_recoveries_member_id_start_time', ['memberId', 'startTime'])
@Index('IDX_whoop_recoveries_member_id_sleep_id', ['memberId', 'sleepId'])
export class WhoopRecoveryEntity extends RecordColumns {
  @PrimaryColumn('text', { name: 'cycle_id' })
  cycleId: string;

  @Column('text', { name: 'sleep_id' })
  sleepId: string;

  @Column('boolean', { name: 'user_calibrating', nullable: true })
  userCalibrating: boolean | null;

  @Column(decimal({ name: 'recovery_score', nullable: true }))
  recoveryScore: number | null;

  @Column(decimal({ name: 'resting_heart_rate', nullable: true }))
  restingHeartRate: number | null;

  @Column(decimal({ name: 'hrv_rmssd', nullable: true }))
  hrvRmssd: number | null;

  @Column(decimal({ name: 'spo2_percentage', nullable: true }))
  spo2Percentage: number | null;

  @Column(decimal({ name: 'skin_temp_celsius', nullable: true }))
  skinTempCelsius: number | null;
}

@Entity('whoop_sleeps')
@Index('IDX_whoop_sleeps_member_id_date', ['memberId', 'date'])
@Index('IDX_whoop_sleeps_member_id_start_time', ['memberId', 'startTime'])
@Index('IDX_whoop_sleeps_member_id_cycle_id', ['memberId', 'cycleId'])
export class WhoopSleepEntity extends RecordColumns {
  @PrimaryColumn('text', { name: 'sleep_id' })
  sleepId: string;

  @Column('text', { name: 'cycle_id' })
  cycleId: string;

  @Column(wholeNumber({ name: 'end_time' }))
  endTime: number;

  @Column('text', { name: 'timezone_offset' })
  timezoneOffset: string;

  @Column('boolean')
  nap: boolean;

  @Column(wholeNumber({ name: 'in_bed_ms', nullable: true }))
  inBedMs: number | null;

  @Column(wholeNumber({ name: 'awake_ms', nullable: true }))
  awakeMs: number | null;

  @Column(wholeNumber({ name: 'no_data_ms', nullable: true }))
  noDataMs: number | null;

  @Column(wholeNumber({ name: 'light_ms', nullable: true }))
  lightMs: number | null;

  @Column(wholeNumber({ name: 'slow_wave_ms', nullable: true }))
  slowWaveMs: number | null;

  @Column(wholeNumber({ name: 'rem_ms', nullable: true }))
  remMs: number | null;

  @Column(wholeNumber({ name: 'needed_ms', nullable: true }))
  neededMs: number | null;

  @Column(wholeNumber({ name: 'sleep_cycle_count', nullable: true }))
  sleepCycleCount: number | null;

  @Column(wholeNumber({ name: 'disturbance_count', nullable: true }))
  disturbanceCount: number | null;

  @Column(decimal({ name: 'respiratory_rate', nullable: true }))
  respiratoryRate: number | null;

  @Column(decimal({ name: 'sleep_performance', nullable: true }))
  sleepPerformance: number | null;

  @Column(decimal({ name: 'sleep_consistency', nullable: true }))
  sleepConsistency: number | null;

  @Column(decimal({ name: 'sleep_efficiency', nullable: true }))
  sleepEfficiency: number | null;
}

@Entity('whoop_workouts')
@Index('IDX_whoop_workouts_member_id_date', ['memberId', 'date'])
@Index('IDX_whoop_workouts_member_id_start_time', ['memberId', 'startTime'])
export class WhoopWorkoutEntity extends RecordColumns {
  @PrimaryColumn('text', { name: 'workout_id' })
  workoutId: string;

  @Column(wholeNumber({ name: 'end_time' }))
  endTime: number;

  @Column('text', { name: 'timezone_offset' })
  timezoneOffset: string;

  @Column('text', { name: 'sport_name' })
  sportName: string;

  @Column(wholeNumber({ name: 'sport_id', nullable: true }))
  sportId: number | null;

  @Column(decimal({ nullable: true }))
  strain: number | null;

  @Column(decimal({ name: 'average_heart_rate', nullable: true }))
  averageHeartRate: number | null;

  @Column(decimal({ name: 'max_heart_rate', nullable: true }))
  maxHeartRate: number | null;

  @Column(decimal({ nullable: true }))
  kilojoules: number | null;

  @Column(decimal({ name: 'percent_recorded', nullable: true }))
  percentRecorded: number | null;

  @Column(decimal({ name: 'distance_meters', nullable: true }))
  distanceMeters: number | null;

  @Column(decimal({ name: 'altitude_gain_meters', nullable: true }))
  altitudeGainMeters: number | null;

  @Column(decimal({ name: 'altitude_change_meters', nullable: true }))
  altitudeChangeMeters: number | null;

  @Column(jsonText({ name: 'zones_ms', nullable: true }))
  zonesMs: number[] | null;
}

@Entity('whoop_profiles')
export class WhoopProfileEntity {
  @PrimaryColumn('text', { name: 'member_id' })
  memberId: string;

  @Column('text', { name: 'first_name' })
  firstName: string;

  @Column('text', { name: 'last_name' })
  lastName: string;

  @Column('text')
  email: string;

  /** The account that linked the member, also when the link has ended: the records are erased with it. Null: none did. */
  @Column('text', { name: 'linked_by', nullable: true })
  linkedBy: string | null;

  @Column(wholeNumber({ name: 'updated_at' }))
  updatedAt: number;
}
