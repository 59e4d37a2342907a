import type { ListProjectsQuery } from './dto/list-projects.query.js';
import type { UpdateProjectDto } from './dto/update-project.dto.js';
import type { ProjectChanges } from './project-row.js';
import type { ProjectSearch } from './projects.service.js';
import { isoWeekday } from '../../common/time/weekday.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** An empty parameter counts as absent; a limit is brought within its bounds. */
export function toProjectSearch(query: ListProjectsQuery): ProjectSearch {
  return {
    projectKey: query.projectKey || undefined,
    name: query.name || undefined,
    limit: Math.max(1, Math.min(Number(query.limit || DEFAULT_LIMIT), MAX_LIMIT)),
  };
}

export function toProjectChanges(body: UpdateProjectDto): ProjectChanges {
  const { name, isActive, timezone, weekStart, eventRetentionDays } = body;
  const firstDay = typeof weekStart === 'string' ? isoWeekday(weekStart) : weekStart;
  return { name, isActive, timezone, weekStart: firstDay, eventRetentionDays };
}
