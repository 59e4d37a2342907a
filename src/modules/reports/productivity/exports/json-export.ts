import type { ProductivityReport } from '../productivity-report.js';

/** The same text as `JSON.stringify(report)`, one day at a time. */
export function* reportJson(report: ProductivityReport): Generator<string, void, undefined> {
  yield* object(report, {
    organizations: function* (organizations) {
      yield* array(organizations, (organization) =>
        object(organization, {
          users: function* (users) {
            yield* array(users, (user) =>
              object(user, {
                dailyReports: function* (days) {
                  yield* array(days, function* (day) {
                    yield JSON.stringify(day);
                  });
                },
              }),
            );
          },
        }),
      );
    },
  });
}

type Piecewise<T> = { [K in keyof T]?: (value: NonNullable<T[K]>) => Iterable<string> };

function* object<T extends object>(value: T, piecewise: Piecewise<T>): Generator<string, void, undefined> {
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

function* array<T>(items: readonly T[], text: (item: T) => Iterable<string>): Generator<string, void, undefined> {
  yield '[';
  for (const [index, item] of items.entries()) {
    if (index > 0) yield ',';
    yield* text(item);
  }
  yield ']';
}
