import { ApiProperty } from '@nestjs/swagger';

// How records of every kind describe what they have in common.

export const MINUTE_MS = 60_000;

export const OptionalNumber = (example: number | null, description?: string) =>
  ApiProperty({ type: Number, nullable: true, example, description });

export const Time = (example: string) => ApiProperty({ format: 'date-time', example });

export const ScoreState = () =>
  ApiProperty({
    example: 'SCORED',
    description:
      '`SCORED`, `PENDING_SCORE` (WHOOP is at it) or `UNSCORABLE`. Only `SCORED` has values; others are null.',
  });

export const iso = (time: number): string => new Date(time).toISOString();

export const minutes = (ms: number | null): number | null => (ms === null ? null : ms / MINUTE_MS);
