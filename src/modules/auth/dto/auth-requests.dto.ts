import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { IsEmailAddress } from './email-address.validator.js';

const NAME_EXAMPLE = 'Ada Lovelace';
const PASSWORD_EXAMPLE = 'correct horse battery';
/** Longer than any password that was ever accepted, short enough to hash; the rules themselves are the service's. */
const MAX_PASSWORD_INPUT = 1024;

// The lowest decorator that fails gives the sentence, so the check of the type stands last.
export class RegisterDto {
  @ApiProperty({ example: 'ada@example.com', maxLength: 254, description: 'Unique without regard to case.' })
  @IsEmailAddress()
  email: string;

  @ApiProperty({ example: NAME_EXAMPLE, minLength: 1, maxLength: 200 })
  @Matches(/\S/, { message: 'name must not be empty' })
  @MaxLength(200)
  @IsString()
  name: string;

  @ApiProperty({ example: PASSWORD_EXAMPLE, minLength: 8, maxLength: 128, format: 'password' })
  @MaxLength(MAX_PASSWORD_INPUT)
  @IsString()
  password: string;
}

export class LoginDto {
  @ApiProperty({ example: 'ada@example.com' })
  @MaxLength(254)
  @IsString()
  email: string;

  @ApiProperty({ example: PASSWORD_EXAMPLE, format: 'password' })
  @MaxLength(MAX_PASSWORD_INPUT)
  @IsString()
  password: string;
}

export class RefreshDto {
  @ApiPropertyOptional({
    example: 'alr_9f86d081884c7d659a2feaa0c55ad015.c2VjcmV0LW9mLXRoZS1yZWZyZXNoLXRva2VuLTMyYnk',
    description: 'Not needed when the token is sent as Bearer, as the old clients do.',
  })
  @IsOptional()
  @MaxLength(1024)
  @IsString()
  refresh_token?: string;
}

export class ChangePasswordDto {
  @ApiProperty({ example: PASSWORD_EXAMPLE, format: 'password' })
  @MaxLength(MAX_PASSWORD_INPUT)
  @IsString()
  current: string;

  @ApiProperty({ example: 'a longer phrase than before', minLength: 8, maxLength: 128, format: 'password' })
  @MaxLength(MAX_PASSWORD_INPUT)
  @IsString()
  new: string;
}

export class DeleteAccountDto {
  @ApiProperty({ example: PASSWORD_EXAMPLE, format: 'password' })
  @MaxLength(MAX_PASSWORD_INPUT)
  @IsString()
  password: string;
}
