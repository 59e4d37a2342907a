import { ApiProperty } from '@nestjs/swagger';
import { isoSeconds, lastFinished, oneDecimal } from '../projects/project-format.js';
import { churnOf, languageOf, timeSpentMinutes } from '../projects/project-figures.js';
import type { RepositoryRow } from '../store/github-repositories.repository.js';

export const LOC_SOURCES = ['counted', 'cloc', 'estimated'] as const;

const time = (example: string, description?: string) =>
  ApiProperty({ type: String, format: 'date-time', nullable: true, example, description });

/** A repository: the fields of the old dashboards first, then the exact values. */
export class GithubProjectDto {
  private static readonly known = new WeakMap<RepositoryRow, GithubProjectDto>();

  @ApiProperty({ example: 'almanac' })
  name: string;

  @ApiProperty({ example: '12345m', description: 'Minutes from the first commit to the last.' })
  time_spent: string;

  @ApiProperty({ example: 1234, description: 'Lines of source files that are not blank; see `loc_source`.' })
  loc: number;

  @ApiProperty({ example: 56 })
  commits: number;

  @ApiProperty({ example: 12, description: 'UTC days with at least one commit.' })
  active_days: number;

  @ApiProperty({ example: '01/14/2026, 03:55:00 PM', description: '`MM/DD/YYYY, hh:mm:ss AM|PM` in UTC, or `Never`.' })
  last_finished: string;

  @ApiProperty({ example: 4711, description: 'Lines added and deleted by all commits but merges.' })
  code_churn: number;

  @ApiProperty({ example: 'Python', description: 'By bytes; `Unknown` without any.' })
  primary_language: string;

  @ApiProperty({ example: '120.0', description: 'Kilobytes on GitHub, with one decimal.' })
  repository_size_kb: string;

  @ApiProperty({ example: 12_345 })
  time_spent_min: number;

  @ApiProperty({ example: 56 })
  commit_count: number;

  @time('2026-01-14T15:55:00Z')
  last_commit_date: string | null;

  @time('2026-01-06T02:10:00Z', 'Of the oldest commit.')
  first_commit_date: string | null;

  @ApiProperty({
    example: 840,
    description:
      'Minutes of work by the sessions of each author: gaps up to two hours, and half an hour before each first commit.',
  })
  coding_time_min: number;

  @ApiProperty({
    enum: LOC_SOURCES,
    example: 'counted',
    description:
      '`counted` in the files, by `cloc` (lines of code without comments), or `estimated` from bytes where there is no git.',
  })
  loc_source: (typeof LOC_SOURCES)[number];

  @ApiProperty({ example: 4000 })
  additions: number;

  @ApiProperty({ example: 711 })
  deletions: number;

  @ApiProperty({
    example: true,
    description: 'false: GitHub could not tell the lines of every commit, so there are more.',
  })
  churn_complete: boolean;

  @ApiProperty({ example: 'https://github.com/ann/almanac' })
  html_url: string;

  @ApiProperty({ example: false })
  private: boolean;

  @ApiProperty({ example: 'ann', description: 'Whose it is: a person or an organization.' })
  owner: string;

  @time('2026-01-15T03:17:42Z', 'When these figures were last confirmed.')
  refreshed_at: string | null;

  static from(row: RepositoryRow): GithubProjectDto {
    const dto = new GithubProjectDto();
    const minutes = timeSpentMinutes(row);
    dto.name = row.name;
    dto.time_spent = `${minutes}m`;
    dto.loc = row.loc;
    dto.commits = row.commitCount;
    dto.active_days = row.activeDays;
    dto.last_finished = lastFinished(row.lastCommitAt);
    dto.code_churn = churnOf(row);
    dto.primary_language = languageOf(row);
    dto.repository_size_kb = oneDecimal(row.sizeKb).toFixed(1);
    dto.time_spent_min = minutes;
    dto.commit_count = row.commitCount;
    dto.last_commit_date = row.lastCommitAt === null ? null : isoSeconds(row.lastCommitAt);
    dto.first_commit_date = row.firstCommitAt === null ? null : isoSeconds(row.firstCommitAt);
    dto.coding_time_min = Math.round(row.codingSeconds / 60);
    dto.loc_source = row.locSource ?? 'estimated';
    dto.additions = row.additions;
    dto.deletions = row.deletions;
    dto.churn_complete = row.isChurnComplete;
    dto.html_url = row.url;
    dto.private = row.isPrivate;
    dto.owner = row.owner;
    dto.refreshed_at = row.refreshedAt === null ? null : isoSeconds(row.refreshedAt);
    return dto;
  }

  /** Rows stay the same objects until they change, and so do these: most of the time goes into the formats of times. */
  static list(rows: RepositoryRow[]): GithubProjectDto[] {
    return rows.map((row) => {
      let dto = GithubProjectDto.known.get(row);
      if (dto === undefined) GithubProjectDto.known.set(row, (dto = GithubProjectDto.from(row)));
      return dto;
    });
  }
}
