import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { IsEmailAddress } from '../../auth/dto/email-address.validator.js';
import {
  MAX_ORG_NAME_LENGTH,
  MAX_USER_NAME_LENGTH,
  ORG_ROLES,
  type OrgMemberRow,
  type OrgRole,
} from '../org-member.js';
import type { ListedOrg } from '../orgs.service.js';

const trimmed = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.trim() : value);

export class CreateOrgDto {
  @ApiProperty({ example: 'Turbo', minLength: 1, maxLength: MAX_ORG_NAME_LENGTH })
  @IsString({ message: 'name is required and must be text' })
  @Length(1, MAX_ORG_NAME_LENGTH, { message: `name must have 1 to ${MAX_ORG_NAME_LENGTH} characters` })
  @Matches(/^\P{Cc}*$/u, { message: 'name must have no control characters' })
  name: string;
}

export class PutMemberDto {
  @ApiProperty({ example: 'ben@example.com', description: 'Of an account that exists.' })
  @IsEmailAddress()
  email: string;

  @ApiProperty({ enum: ORG_ROLES, example: 'member' })
  @IsIn(ORG_ROLES, { message: `role must be one of ${ORG_ROLES.join(', ')}` })
  role: OrgRole;

  @ApiPropertyOptional({
    example: 'ben',
    maxLength: MAX_USER_NAME_LENGTH,
    description:
      'The tag `user` of their points: all that a plain member may report on and write. Without it the name of the account.',
  })
  @IsOptional()
  @Transform(trimmed)
  @IsString({ message: 'userName must be text' })
  @Length(1, MAX_USER_NAME_LENGTH, { message: `userName must have 1 to ${MAX_USER_NAME_LENGTH} characters` })
  userName?: string;
}

export class OrgMemberDto {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'ben@example.com',
    description: 'null: came with a token minted elsewhere and has no account here.',
  })
  email: string | null;

  @ApiProperty({ enum: ORG_ROLES, example: 'member' })
  role: OrgRole;

  @ApiProperty({ example: 'ben', description: 'The tag `user` of their points.' })
  userName: string;

  @ApiProperty({ example: '2025-11-17T08:00:00.000Z', format: 'date-time' })
  createdAt: string;

  static from(member: OrgMemberRow): OrgMemberDto {
    const dto = new OrgMemberDto();
    dto.email = member.email;
    dto.role = member.role;
    dto.userName = member.userName;
    dto.createdAt = new Date(member.createdAt).toISOString();
    return dto;
  }
}

export class OrgDto {
  @ApiProperty({ example: 'Turbo' })
  name: string;

  @ApiProperty({
    enum: ORG_ROLES,
    nullable: true,
    example: 'owner',
    description: "The caller's role; null for an administrator who is no member.",
  })
  role: OrgRole | null;

  @ApiProperty({ example: '2025-11-17T08:00:00.000Z', format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: [OrgMemberDto], description: 'A plain member sees only themselves.' })
  members: OrgMemberDto[];

  static from(org: ListedOrg): OrgDto {
    const dto = new OrgDto();
    dto.name = org.name;
    dto.role = org.role;
    dto.createdAt = new Date(org.createdAt).toISOString();
    dto.members = org.members.map((member) => OrgMemberDto.from(member));
    return dto;
  }
}

export class OrgListDto {
  @ApiProperty({ type: [OrgDto] })
  orgs: OrgDto[];

  static from(orgs: readonly ListedOrg[]): OrgListDto {
    const dto = new OrgListDto();
    dto.orgs = orgs.map((org) => OrgDto.from(org));
    return dto;
  }
}
