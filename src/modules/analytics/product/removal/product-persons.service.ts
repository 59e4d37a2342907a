import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../common/auth/principal.js';
import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import { isCleanText } from '../../../events/product/clean-text.js';
import { MAX_ID_LENGTH } from '../../../events/product/event-limits.js';
import { ProjectsService } from '../../../projects/projects.service.js';
import { PersonErasureJob } from './person-erasure.job.js';
import { PersonErasuresRepository } from './person-erasures.repository.js';

export interface AcceptedErasure {
  id: string;
  /** Events received later are new data and stay. */
  requestedAt: Date;
}

@Injectable()
export class ProductPersonsService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly erasures: PersonErasuresRepository,
    private readonly job: PersonErasureJob,
  ) {}

  /**
   * Promises to erase a person, durably, and begins with it. Nobody is told whether there is such a person: to find that
   * out may mean to read every event.
   * @throws NotFoundError, InvalidInputError
   */
  async erase(caller: Principal, projectKey: string, id: string, requestedAt = new Date()): Promise<AcceptedErasure> {
    await this.projects.getWritable(caller, projectKey);
    if (!isCleanText(id) || id === '' || Array.from(id).length > MAX_ID_LENGTH) {
      throw new InvalidInputError(`id must have 1 to ${MAX_ID_LENGTH} characters`);
    }
    await this.erasures.create(projectKey, id, requestedAt);
    this.job.start();
    return { id, requestedAt };
  }
}
