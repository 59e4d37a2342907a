import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountExport } from '../../common/lifecycle/account-export.js';
import { OrgsService } from './orgs.service.js';

/**
 * A person's organizations for the export of the account. Its deletion begins with the points that the organizations own:
 * see the module of activity.
 */
@Injectable()
export class OrgAccountData implements OnModuleInit {
  constructor(
    private readonly exports: AccountExport,
    private readonly orgs: OrgsService,
  ) {}

  onModuleInit(): void {
    this.exports.register('organizations', (userId) => this.exportOrgs(userId));
  }

  private async *exportOrgs(userId: string): AsyncGenerator<object> {
    for (const { org, member } of await this.orgs.listMemberships(userId)) {
      const createdAt = new Date(org.createdAt).toISOString();
      yield { name: org.name, role: member.role, userName: member.userName, createdAt };
    }
  }
}
