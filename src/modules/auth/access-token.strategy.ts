import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import type { Principal } from '../../common/auth/principal.js';
import { AccessTokensService } from './access-tokens.service.js';
import { readCredential } from './credentials.js';

export const ACCESS_TOKEN_STRATEGY = 'access-token';

@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, ACCESS_TOKEN_STRATEGY) {
  constructor(private readonly tokens: AccessTokensService) {
    super();
  }

  async validate(request: FastifyRequest): Promise<Principal | null> {
    const credential = readCredential(request.headers);
    return credential?.kind === 'accessToken' ? this.tokens.authenticate(credential.value) : null;
  }
}
