import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { OrgEntity, OrgMemberEntity } from './org.entity.js';
import { OrgAccountData } from './org-account-data.js';
import { OrgsController } from './orgs.controller.js';
import { OrgsRepository } from './orgs.repository.js';
import { OrgsService } from './orgs.service.js';

@Module({
  imports: [AuthModule, TypeOrmModule.forFeature([OrgEntity, OrgMemberEntity])],
  controllers: [OrgsController],
  providers: [OrgsRepository, OrgsService, OrgAccountData],
  exports: [OrgsService],
})
export class OrgsModule {}
