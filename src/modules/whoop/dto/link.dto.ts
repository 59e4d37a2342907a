import { ApiProperty } from '@nestjs/swagger';
import type { LinkState } from '../grant/whoop-links.service.js';
import type { AuthorizationRequest, LinkOutcome } from '../grant/whoop-linking.service.js';
import type { ProfileRow } from '../records/whoop-rows.js';
import { WhoopProfileDto } from './profile.dto.js';

export class WhoopStatusDto {
  @ApiProperty({ example: true })
  configured: boolean;

  @ApiProperty({ example: true })
  has_access_token: boolean;

  @ApiProperty({ example: true })
  has_refresh_token: boolean;

  @ApiProperty({ example: true })
  has_client_credentials: boolean;

  @ApiProperty({ example: true, description: 'As far as is known without asking WHOOP; `/api/whoop/auth/test` asks.' })
  authenticated: boolean;

  @ApiProperty({ example: 'WHOOP is linked' })
  message: string;

  static from(state: LinkState): WhoopStatusDto {
    const dto = new WhoopStatusDto();
    dto.configured = state.hasCredentials && state.hasRefreshToken;
    dto.has_access_token = state.hasAccessToken;
    dto.has_refresh_token = state.hasRefreshToken;
    dto.has_client_credentials = state.hasCredentials;
    dto.authenticated = state.isLinked;
    dto.message = messageOf(state);
    return dto;
  }
}

function messageOf({ hasCredentials, isLinked, needsReauthorisation }: LinkState): string {
  if (!hasCredentials) return 'Set WHOOP_CLIENT_ID and WHOOP_CLIENT_SECRET';
  if (needsReauthorisation) return 'WHOOP no longer accepts the tokens: link again by /api/whoop/auth/authorize-url';
  return isLinked ? 'WHOOP is linked' : 'Not linked yet: begin with /api/whoop/auth/authorize-url';
}

export class WhoopAuthTestDto {
  @ApiProperty({ example: true })
  success: boolean;

  @ApiProperty({ example: 'WHOOP accepts the tokens' })
  message: string;

  @ApiProperty({ type: WhoopProfileDto })
  profile: WhoopProfileDto;

  static from(profile: ProfileRow): WhoopAuthTestDto {
    const dto = new WhoopAuthTestDto();
    dto.success = true;
    dto.message = 'WHOOP accepts the tokens';
    dto.profile = WhoopProfileDto.from({ profile, source: 'api' });
    return dto;
  }
}

export class WhoopInstructionsDto {
  @ApiProperty({ example: 'Open authorization_url in a browser, signed in to WHOOP' })
  step1: string;

  @ApiProperty({ example: 'Allow access' })
  step2: string;

  @ApiProperty({ example: 'If the page that opens is this server’s, you are done' })
  step3: string;

  @ApiProperty({
    example: 'Otherwise copy `code` out of its address and send it to POST /api/whoop/auth/exchange-code',
  })
  step4: string;
}

export class WhoopAuthorizeUrlDto {
  @ApiProperty({
    example:
      'https://api.prod.whoop.com/oauth/oauth2/auth?client_id=4f1d&redirect_uri=https%3A%2F%2Falmanac.example.com%2Fapi%2Fwhoop%2Fauth%2Fcallback&response_type=code&state=Ab3dE5gH&scope=offline%20read%3Arecovery',
  })
  authorization_url: string;

  @ApiProperty({ example: 'https://almanac.example.com/api/whoop/auth/callback' })
  redirect_uri: string;

  @ApiProperty({ example: 'Ab3dE5gH', description: 'Good once, for ten minutes.' })
  state: string;

  @ApiProperty({ type: WhoopInstructionsDto })
  instructions: WhoopInstructionsDto;

  @ApiProperty({ example: 'redirect_uri must be registered in the WHOOP developer dashboard, letter for letter' })
  note: string;

  static from({ url, redirectUri, state }: AuthorizationRequest): WhoopAuthorizeUrlDto {
    const dto = new WhoopAuthorizeUrlDto();
    dto.authorization_url = url;
    dto.redirect_uri = redirectUri;
    dto.state = state;
    dto.instructions = {
      step1: 'Open authorization_url in a browser, signed in to WHOOP',
      step2: 'Allow access to all that is listed',
      step3: 'If the page that opens is this server’s, you are done',
      step4:
        'Otherwise copy `code` out of the address of the page and send it within a minute to POST /api/whoop/auth/exchange-code, with the same redirect_uri',
    };
    dto.note = 'redirect_uri must be registered in the WHOOP developer dashboard, letter for letter';
    return dto;
  }
}

export class WhoopLinkedDto {
  @ApiProperty({ example: true })
  success: boolean;

  @ApiProperty({ example: 'WHOOP is linked' })
  message: string;

  @ApiProperty({ example: true })
  tokens_saved: boolean;

  @ApiProperty({ example: 3600, description: 'Seconds for which the access token is good; it is renewed by itself.' })
  expires_in: number;

  @ApiProperty({
    example: 'offline read:recovery read:cycles read:sleep read:workout read:profile read:body_measurement',
  })
  scope: string;

  static from({ expiresInSeconds, scope }: LinkOutcome): WhoopLinkedDto {
    const dto = new WhoopLinkedDto();
    dto.success = true;
    dto.message = 'WHOOP is linked';
    dto.tokens_saved = true;
    dto.expires_in = expiresInSeconds;
    dto.scope = scope;
    return dto;
  }
}

export class WhoopUnlinkedDto {
  @ApiProperty({ example: true })
  success: boolean;

  @ApiProperty({ example: true, description: 'False: WHOOP did not confirm it; end the access in the WHOOP app.' })
  revoked: boolean;

  @ApiProperty({ example: false })
  erased: boolean;

  @ApiProperty({ example: 'WHOOP is no longer linked' })
  message: string;

  static from(revoked: boolean, erased: boolean): WhoopUnlinkedDto {
    const dto = new WhoopUnlinkedDto();
    dto.success = true;
    dto.revoked = revoked;
    dto.erased = erased;
    dto.message = revoked
      ? 'WHOOP is no longer linked'
      : 'The tokens are erased; WHOOP did not confirm it, so end the access in the WHOOP app too';
    return dto;
  }
}

export class WhoopErasedDto {
  @ApiProperty({ example: true })
  success: boolean;

  @ApiProperty({ example: 'All WHOOP data is erased' })
  message: string;

  static done(): WhoopErasedDto {
    const dto = new WhoopErasedDto();
    dto.success = true;
    dto.message = 'All WHOOP data is erased';
    return dto;
  }
}
