import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, RequireScope } from '../../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../../common/auth/principal.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { PersonErasureDto } from './dto/person-erasure.dto.js';
import { ProductPersonsService } from './product-persons.service.js';

@ApiTags('Projects')
@Controller('v1/projects/:projectKey/persons')
export class ProductPersonsController {
  constructor(private readonly persons: ProductPersonsService) {}

  @Delete(':id')
  @HttpCode(202)
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Erase a person',
    description:
      'Deletes all events of the person that were received up to now, what is known of its identity, and its part in ' +
      'every report. The answer comes when the request is safely on disk; the work begins at once, takes from half a ' +
      'minute to minutes, and goes on after a restart. It cannot be undone.\n\n' +
      '`id` is a userId or an anonymousId: that of a user if there is one, else an anonymousId that is linked stands ' +
      'for its user, else for itself. The person is the user, with the events that carry no userId but an anonymousId ' +
      'linked to it. Events of other users with the same anonymousId stay. An id that nobody has is accepted too: there ' +
      'is nothing to erase then. Events that are sent again after they were erased are new events.',
  })
  @ApiParam({ name: 'id', example: 'user-123', schema: { type: 'string', minLength: 1, maxLength: 256 } })
  @ApiAcceptedResponse({ type: PersonErasureDto })
  @ApiErrors(400, 403, 404)
  async erase(
    @Caller() caller: Principal,
    @Param('projectKey') projectKey: string,
    @Param('id') id: string,
  ): Promise<PersonErasureDto> {
    return PersonErasureDto.from(await this.persons.erase(caller, projectKey, id));
  }
}
