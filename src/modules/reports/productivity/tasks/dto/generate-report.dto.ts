import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, MinLength, ValidateBy, ValidateIf } from 'class-validator';
import type { Principal } from '../../../../../common/auth/principal.js';
import type { ActivityUser } from '../../../../activity/activity-points.js';
import { MOST_USERS, weekEnd } from '../../report-period.js';
import type { ReportOrder } from '../report-requests.service.js';

const MAX_NAME = 200;
const MAX_ID = 200;

/** Old pages send `null` or an empty text for what they have not. */
const IfGiven = (name: keyof ReportSettingsDto) =>
  ValidateIf((dto: ReportSettingsDto) => dto[name] !== undefined && dto[name] !== null && dto[name] !== '');

export class ReportUserDto {
  @ApiProperty({ example: 'ben', minLength: 1, maxLength: MAX_NAME })
  name: string;

  @ApiPropertyOptional({ example: 'u-42', maxLength: MAX_ID, description: 'Narrows the points to this `user_id` tag.' })
  id?: string;
}

type GivenUser = string | ReportUserDto;

function IsReportUsers(): PropertyDecorator {
  return ValidateBy({
    name: 'isReportUsers',
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) && value.length >= 1 && value.length <= MOST_USERS && value.every(isUser),
      defaultMessage: () =>
        `users must be 1 to ${MOST_USERS} names, each as text or as {"name": …, "id": …}, of at most ${MAX_NAME} characters`,
    },
  });
}

function isUser(value: unknown): boolean {
  if (isName(value)) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { name, id, ...rest } = value as Record<string, unknown>;
  const isId = id === undefined || id === null || (typeof id === 'string' && id.length <= MAX_ID);
  return isName(name) && isId && Object.keys(rest).length === 0;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME;
}

class ReportSettingsDto {
  @ApiProperty({ example: 'Turbo', minLength: 1, maxLength: MAX_NAME })
  @MaxLength(MAX_NAME)
  @MinLength(1)
  @IsString()
  org: string;

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: MOST_USERS,
    items: {
      oneOf: [{ type: 'string', minLength: 1, maxLength: MAX_NAME }, { $ref: getSchemaPath(ReportUserDto) }],
    },
    example: ['ben'],
    description: 'The same name twice counts once.',
  })
  @IsReportUsers()
  users: GivenUser[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'Europe/Berlin',
    description: 'IANA time zone of all days and hours. Default: that of your account, else UTC.',
  })
  @IfGiven('tz')
  @IsString()
  tz?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'https://hooks.example.com/almanac',
    maxLength: 2000,
    description: 'Called when the task ends, besides your registered webhooks. See `webhook` of the answer.',
  })
  @IfGiven('webhookUrl')
  @MaxLength(2000)
  @IsString()
  webhookUrl?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'acct-7',
    maxLength: MAX_ID,
    description: 'Narrows the points to this `account_id` tag.',
  })
  @IfGiven('accountId')
  @MaxLength(MAX_ID)
  @IsString()
  accountId?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'org-7',
    maxLength: MAX_ID,
    description: 'Narrows the points to this `org_id` tag.',
  })
  @IfGiven('orgId')
  @MaxLength(MAX_ID)
  @IsString()
  orgId?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    writeOnly: true,
    example: null,
    maxLength: 200,
    description: 'Your own Gemini key for the texts of this task alone. It is neither stored nor logged.',
  })
  @IfGiven('geminiApiKey')
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'geminiApiKey must be 1 to 200 printable characters' })
  @IsString()
  geminiApiKey?: string | null;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export class GenerateReportDto extends ReportSettingsDto {
  @ApiProperty({ format: 'date', example: '2025-11-19' })
  @Matches(DATE, { message: 'startDate must be a date such as 2025-11-19' })
  startDate: string;

  @ApiProperty({ format: 'date', example: '2025-11-19', description: 'Inclusive; at most 92 days in all.' })
  @Matches(DATE, { message: 'endDate must be a date such as 2025-11-19' })
  endDate: string;

  static toOrder(dto: GenerateReportDto, caller: Principal): ReportOrder {
    return orderOf(dto, caller, { startDate: dto.startDate, endDate: dto.endDate, weekly: false });
  }
}

export class GenerateWeeklyReportDto extends ReportSettingsDto {
  @ApiProperty({ format: 'date', example: '2025-11-17', description: 'The first of 7 days; any weekday.' })
  @Matches(DATE, { message: 'weekStartDate must be a date such as 2025-11-17' })
  weekStartDate: string;

  static toOrder(dto: GenerateWeeklyReportDto, caller: Principal): ReportOrder {
    const { weekStartDate } = dto;
    return orderOf(dto, caller, { startDate: weekStartDate, endDate: weekEnd(weekStartDate), weekly: true });
  }
}

function orderOf(
  dto: ReportSettingsDto,
  caller: Principal,
  period: { startDate: string; endDate: string; weekly: boolean },
): ReportOrder {
  return {
    request: {
      org: dto.org,
      users: usersOf(dto.users),
      ...period,
      timeZone: given(dto.tz) ?? caller.timezone ?? 'UTC',
      accountId: given(dto.accountId),
      orgId: given(dto.orgId),
    },
    webhookUrl: given(dto.webhookUrl),
    geminiApiKey: given(dto.geminiApiKey),
  };
}

function usersOf(users: readonly GivenUser[]): ActivityUser[] {
  const found = new Map<string, ActivityUser>();
  for (const user of users) {
    const { name, id } = typeof user === 'string' ? { name: user, id: undefined } : user;
    const key = JSON.stringify([name, given(id) ?? null]);
    if (!found.has(key)) found.set(key, given(id) === undefined ? { name } : { name, id });
  }
  return [...found.values()];
}

function given(text: string | null | undefined): string | undefined {
  return text === null || text === '' ? undefined : text;
}
