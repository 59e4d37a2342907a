import type { Principal } from '../../common/auth/principal.js';
import type { Category } from '../../common/categories/category.js';
import { isoWeekday, type Weekday } from '../../common/time/weekday.js';

/** What a person may set; every key is absent until then. Named as on the wire. */
export interface UserSettings {
  /** Minutes between two uploads of the browser extension. */
  sync_interval?: number;
  /** Domain → category. */
  categorization?: Record<string, Category>;
  /** IANA name. */
  timezone?: string;
  week_start?: Weekday;
  excluded_domains?: string[];
  /** Domains whose query strings are kept. */
  keep_query_strings?: string[];
}

/** What a request may say: `null` takes a setting back. */
export type SettingsChanges = { [K in keyof UserSettings]?: UserSettings[K] | null };

/** The stored settings with the given ones in their place; a key that is not given stays. */
export function mergeSettings(stored: UserSettings, changes: SettingsChanges): UserSettings {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const merged = { ...stored, ...Object.fromEntries(given) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/** The calendar that reports use where neither the request nor the project names one. */
export function calendarOf({ timezone, week_start }: UserSettings): Pick<Principal, 'timezone' | 'weekStart'> {
  return { timezone, weekStart: week_start && isoWeekday(week_start) };
}
