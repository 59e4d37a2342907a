import { ApiProperty } from '@nestjs/swagger';
import type { TokenPair } from '../sessions.service.js';
import type { SignedIn } from '../sign-in.service.js';
import type { UserRow } from '../user-row.js';
import { UserDto } from './user.dto.js';

const ACCESS_TOKEN_EXAMPLE =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VySWQiOiI2NjVmMWMyZTliMWU4YTAwMTJhYjM0Y2QifQ.dGhlIHNpZ25hdHVyZQ';
const REFRESH_TOKEN_EXAMPLE = 'alr_9f86d081884c7d659a2feaa0c55ad015.c2VjcmV0LW9mLXRoZS1yZWZyZXNoLXRva2VuLTMyYnk';

export class MessageDto {
  @ApiProperty({ example: 'Logged out successfully' })
  message: string;

  static of(message: string): MessageDto {
    const dto = new MessageDto();
    dto.message = message;
    return dto;
  }
}

export class SignedInDto {
  @ApiProperty({ example: 'Login successful' })
  message: string;

  @ApiProperty({ type: UserDto })
  user: UserDto;

  @ApiProperty({ example: ACCESS_TOKEN_EXAMPLE })
  access_token: string;

  @ApiProperty({ example: REFRESH_TOKEN_EXAMPLE })
  refresh_token: string;

  static from(message: string, signedIn: SignedIn): SignedInDto {
    const dto = new SignedInDto();
    dto.message = message;
    dto.user = UserDto.from(signedIn.user);
    dto.access_token = signedIn.tokens.accessToken;
    dto.refresh_token = signedIn.tokens.refreshToken;
    return dto;
  }
}

export class TokensDto {
  @ApiProperty({ example: ACCESS_TOKEN_EXAMPLE })
  access_token: string;

  @ApiProperty({ example: REFRESH_TOKEN_EXAMPLE, description: 'Replaces the one that was sent.' })
  refresh_token: string;

  @ApiProperty({ example: 3600, description: 'Seconds until the access token expires.' })
  expires_in: number;

  static from(tokens: TokenPair): TokensDto {
    const dto = new TokensDto();
    dto.access_token = tokens.accessToken;
    dto.refresh_token = tokens.refreshToken;
    dto.expires_in = tokens.expiresIn;
    return dto;
  }
}

export class OwnUserDto {
  @ApiProperty({ type: UserDto })
  user: UserDto;

  static from(user: UserRow): OwnUserDto {
    const dto = new OwnUserDto();
    dto.user = UserDto.from(user);
    return dto;
  }
}

export class UpdatedUserDto {
  @ApiProperty({ example: 'Profile updated successfully' })
  message: string;

  @ApiProperty({ type: UserDto })
  user: UserDto;

  static from(user: UserRow): UpdatedUserDto {
    const dto = new UpdatedUserDto();
    dto.message = 'Profile updated successfully';
    dto.user = UserDto.from(user);
    return dto;
  }
}
