import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { GithubMetrics } from '../projects/github-projects.service.js';
import { oneDecimal } from '../projects/project-format.js';
import { timeSpentMinutes } from '../projects/project-figures.js';

class MostLocDto {
  @ApiProperty({ example: 'almanac' })
  name: string;
  @ApiProperty({ example: 1234 })
  loc: number;
}

class MostTimeDto {
  @ApiProperty({ example: 'almanac' })
  name: string;
  @ApiProperty({ example: 12_345 })
  time_spent_minutes: number;
  @ApiProperty({ example: 205.8 })
  time_spent_hours: number;
}

class MostCommitsDto {
  @ApiProperty({ example: 'almanac' })
  name: string;
  @ApiProperty({ example: 56 })
  commits: number;
}

class MostCommonLanguageDto {
  @ApiProperty({ example: 'Python' })
  language: string;
  @ApiProperty({ example: 2 })
  project_count: number;
  @ApiProperty({ example: 66.7 })
  percentage: number;
}

class LanguageDto {
  @ApiProperty({ example: 2 })
  project_count: number;
  @ApiProperty({ example: 2000 })
  total_loc: number;
  @ApiProperty({ example: 66.7 })
  percentage_of_projects: number;
}

class AveragesDto {
  @ApiProperty({ example: 800.3 })
  loc_per_project: number;
  @ApiProperty({ example: 40.3 })
  commits_per_project: number;
  @ApiProperty({ example: 137.2 })
  time_per_project_hours: number;
  @ApiProperty({ example: 9.7 })
  active_days_per_project: number;
}

/** Sums over all projects; numbers with fractions have one decimal. */
@ApiExtraModels(LanguageDto)
export class GithubMetricsDto {
  @ApiProperty({ example: 3 })
  total_projects: number;

  @ApiProperty({ example: 411.5 })
  total_time_spent_hours: number;

  @ApiProperty({ example: 24_690 })
  total_time_spent_minutes: number;

  @ApiProperty({ example: 2401 })
  total_loc: number;

  @ApiProperty({ example: 121 })
  total_commits: number;

  @ApiProperty({ example: 29, description: 'The sum of the active days of each project; see `distinct_active_days`.' })
  total_active_days: number;

  @ApiProperty({ example: 9000 })
  total_code_churn: number;

  @ApiProperty({ example: 118.3 })
  average_project_size_kb: number;

  @ApiProperty({ type: MostLocDto, nullable: true })
  project_with_most_loc: MostLocDto | null;

  @ApiProperty({ type: MostTimeDto, nullable: true })
  project_with_most_time: MostTimeDto | null;

  @ApiProperty({ type: MostCommitsDto, nullable: true })
  project_with_most_commits: MostCommitsDto | null;

  @ApiProperty({ type: MostCommonLanguageDto, nullable: true })
  most_common_language: MostCommonLanguageDto | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(LanguageDto) },
    description: 'By the name of the language, the most common first.',
    example: { Python: { project_count: 2, total_loc: 2000, percentage_of_projects: 66.7 } },
  })
  languages_breakdown: Record<string, LanguageDto>;

  @ApiProperty({ type: AveragesDto })
  averages: AveragesDto;

  @ApiProperty({ example: 21, description: 'UTC days with a commit in any project.' })
  distinct_active_days: number;

  @ApiProperty({ example: 64.5, description: 'By the sessions of each author; see `coding_time_min`.' })
  total_coding_time_hours: number;

  static from({ totals, distinctDays }: GithubMetrics): GithubMetricsDto {
    const { projects, mostLoc, mostTime, mostCommits } = totals;
    const dto = new GithubMetricsDto();
    const average = (sum: number): number => (projects === 0 ? 0 : oneDecimal(sum / projects));
    const percentage = (count: number): number => oneDecimal((100 * count) / projects);
    dto.total_projects = projects;
    dto.total_time_spent_hours = oneDecimal(totals.timeSpentMinutes / 60);
    dto.total_time_spent_minutes = totals.timeSpentMinutes;
    dto.total_loc = totals.loc;
    dto.total_commits = totals.commits;
    dto.total_active_days = totals.activeDays;
    dto.total_code_churn = totals.churn;
    dto.average_project_size_kb = average(totals.sizeKb);
    dto.project_with_most_loc = mostLoc && { name: mostLoc.name, loc: mostLoc.loc };
    dto.project_with_most_time = mostTime && {
      name: mostTime.name,
      time_spent_minutes: timeSpentMinutes(mostTime),
      time_spent_hours: oneDecimal(timeSpentMinutes(mostTime) / 60),
    };
    dto.project_with_most_commits = mostCommits && { name: mostCommits.name, commits: mostCommits.commitCount };
    const language = totals.mostCommonLanguage;
    const count = language === null ? 0 : (totals.languages.get(language)?.projectCount ?? 0);
    dto.most_common_language =
      language === null ? null : { language, project_count: count, percentage: percentage(count) };
    dto.languages_breakdown = Object.fromEntries(
      [...totals.languages].map(([name, { projectCount, loc }]) => [
        name,
        { project_count: projectCount, total_loc: loc, percentage_of_projects: percentage(projectCount) },
      ]),
    );
    dto.averages = {
      loc_per_project: average(totals.loc),
      commits_per_project: average(totals.commits),
      time_per_project_hours: average(totals.timeSpentMinutes / 60),
      active_days_per_project: average(totals.activeDays),
    };
    dto.distinct_active_days = distinctDays;
    dto.total_coding_time_hours = oneDecimal(totals.codingSeconds / 3600);
    return dto;
  }
}
