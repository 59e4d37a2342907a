import { readFileSync } from 'node:fs';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import type { ReportedUserDto } from './dto/productivity-report.dto.js';
import type { ProductivityReport } from './productivity-report.js';

const SCHEMA = new URL('../../../../schemas/report.schema.json', import.meta.url);

const ajv = new Ajv2020({ strict: true }).addSchema(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);

/**
 * Checks a report against `schemas/report.schema.json`, day by day so that a large one does not hold the event loop.
 * @param haveValidDays of these persons the days were checked before
 * @throws Error naming the first fault: a report that breaks its schema is a bug.
 */
export async function assertReportIsValid(
  report: ProductivityReport,
  haveValidDays: (user: ReportedUserDto) => boolean = () => false,
): Promise<void> {
  const withoutDays = {
    ...report,
    organizations: report.organizations.map((organization) => ({
      ...organization,
      users: organization.users.map((user) => ({ ...user, dailyReports: [] })),
    })),
  };
  assertValid(validatorOf('report.schema.json'), withoutDays, 'report');
  for (const user of report.organizations.flatMap(({ users }) => users)) {
    if (!haveValidDays(user)) await assertDaysAreValid(user);
  }
}

/** The same for the days of one person. */
export async function assertDaysAreValid({ userName, dailyReports }: ReportedUserDto): Promise<void> {
  const turns = new EventLoopTurns();
  const ofDay = validatorOf('report.schema.json#/$defs/dailyReport');
  if (dailyReports.length > MOST_DAYS) throw new Error(`The report of ${userName} has ${dailyReports.length} days`);
  for (const day of dailyReports) {
    assertValid(ofDay, day, day.date);
    await turns.give();
  }
}

/** As the schema says of `dailyReports`. */
const MOST_DAYS = 92;

function validatorOf(ref: string): ValidateFunction {
  const validate = ajv.getSchema(ref);
  if (validate === undefined) throw new Error(`No schema ${ref}`);
  return validate;
}

function assertValid(validate: ValidateFunction, value: unknown, what: string): void {
  if (validate(value) !== true) throw new Error(`${what} breaks the report's schema: ${faultOf(validate.errors?.[0])}`);
}

function faultOf(error: ErrorObject | undefined): string {
  return error === undefined ? 'unknown fault' : `${error.instancePath} ${error.message ?? ''}`;
}
