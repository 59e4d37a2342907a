import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { UnavailableError } from '../../common/errors/domain.error.js';

@Injectable()
export class OrgsService {
  /**
   * Owners and managers report on everyone, members on themselves; an admin on all. Organizations that nobody claimed:
   * admins, and with REPORTS_ORG_ACCESS=any every signed-in user; under AUTH_MODE=open the anonymous user on all.
   * @throws NotFoundError when the caller may not, whatever the reason: to others the organization does not exist.
   */
  assertMayReport(_caller: Principal, _org: string, _userNames: readonly string[]): Promise<void> {
    throw new UnavailableError('Organizations cannot be asked for yet');
  }
}
