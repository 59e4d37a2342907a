import type { DailyReportDto } from '../dto/daily-report.dto.js';
import type { ReportedUserDto } from '../dto/productivity-report.dto.js';
import type { DayReader } from './day-reader.js';
import type { ProductivityReport } from '../productivity-report.js';

/**
 * The same text as `JSON.stringify(report)`, one day at a time.
 * @param packedDaysOf what stands for all days of a person, if there is something
 */
export function* reportJson<Packed = never>(
  report: ProductivityReport,
  packedDaysOf: (user: ReportedUserDto) => Packed | undefined = () => undefined,
): Generator<string | Packed, void, undefined> {
  yield* object<Packed, ProductivityReport>(report, {
    organizations: function* (organizations) {
      yield* array<Packed, Organization>(organizations, (organization) =>
        object<Packed, Organization>(organization, {
          users: function* (users) {
            yield* array<Packed, ReportedUserDto>(users, (user) =>
              object<Packed, ReportedUserDto>(user, {
                dailyReports: function* (days) {
                  const packed = packedDaysOf(user);
                  yield '[';
                  if (packed === undefined) yield* daysJson(days);
                  else yield packed;
                  yield ']';
                },
              }),
            );
          },
        }),
      );
    },
  });
}

/** The same from days that are read one by one. */
export async function* streamedJson(
  report: ProductivityReport,
  days: DayReader,
): AsyncGenerator<string, void, undefined> {
  for (const piece of reportJson(report, (user) => user)) {
    if (typeof piece === 'string') {
      yield piece;
      continue;
    }
    for (let i = 0; i < piece.dailyReports.length; i++) {
      yield `${i > 0 ? ',' : ''}${JSON.stringify(await days.next())}`;
    }
  }
}

/** What stands between the brackets, a day a piece. */
export function* daysJson(days: readonly DailyReportDto[]): Generator<string, void, undefined> {
  for (const [index, day] of days.entries()) {
    if (index > 0) yield ',';
    yield JSON.stringify(day);
  }
}

type Organization = ProductivityReport['organizations'][number];
type Pieces<Packed> = Generator<string | Packed, void, undefined>;
type Piecewise<Packed, T> = { [K in keyof T]?: (value: NonNullable<T[K]>) => Iterable<string | Packed> };

function* object<Packed, T extends object>(value: T, piecewise: Piecewise<Packed, T>): Pieces<Packed> {
  let separator = '{';
  for (const [key, member] of Object.entries(value) as [keyof T & string, T[keyof T]][]) {
    if (member === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    const pieces = piecewise[key];
    if (pieces === undefined || member === null) yield JSON.stringify(member);
    else yield* pieces(member as NonNullable<T[keyof T & string]>);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}

function* array<Packed, T>(items: readonly T[], text: (item: T) => Iterable<string | Packed>): Pieces<Packed> {
  yield '[';
  for (const [index, item] of items.entries()) {
    if (index > 0) yield ',';
    yield* text(item);
  }
  yield ']';
}
