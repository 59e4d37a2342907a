import { Injectable } from '@nestjs/common';
import { isAdmin, type Principal } from '../../../common/auth/principal.js';
import { ForbiddenError } from '../../../common/errors/domain.error.js';
import { parseRange, type RangeInput, type TimeRange } from '../../../common/time/range.js';
import { ProjectsService } from '../../projects/projects.service.js';

/** What every report is asked with; dates and the zone are checked here, all else by the DTO. */
export interface ReportRequest extends RangeInput {
  projectKey: string;
  tz?: string;
  /** `raw`: from raw events even where rollups could answer. */
  source?: string;
}

/** What a report is about, once it is known that the caller may see it. */
export interface ReportScope {
  projectKey: string;
  range: TimeRange;
  timeZone: string;
  /** ISO: 1 Monday to 7 Sunday. */
  weekStart: number;
  raw: boolean;
}

/** Opens a project for a report. */
@Injectable()
export class ReportScopesService {
  constructor(private readonly projects: ProjectsService) {}

  /**
   * @throws ForbiddenError for projects that the caller may not see, and for `source=raw` of others than admins:
   *   it exists to check the rollups, and makes every report as costly as the project is large.
   * @throws InvalidInputError for a range that is none
   */
  async open(caller: Principal, request: ReportRequest): Promise<ReportScope> {
    const raw = request.source === 'raw';
    if (raw && !isAdmin(caller)) throw new ForbiddenError('Only admins may ask for source=raw');
    const project = await this.projects.getReadable(caller, request.projectKey);
    const timeZone = request.tz || project.timezone || caller.timezone || 'UTC';
    return {
      projectKey: project.projectKey,
      range: parseRange(request, timeZone),
      timeZone,
      weekStart: project.weekStart ?? caller.weekStart ?? 1,
      raw,
    };
  }
}
