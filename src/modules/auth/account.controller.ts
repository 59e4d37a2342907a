import { Body, Controller, Delete, Get, HttpCode, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Caller } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { ClientAddress } from '../../common/http/client-address.decorator.js';
import { NoStoreInterceptor } from '../../common/http/no-store.interceptor.js';
import { AccountArchiveService } from './account-archive.service.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { MessageDto } from './dto/auth-answers.dto.js';
import { DeleteAccountDto } from './dto/auth-requests.dto.js';

const ARCHIVE = { type: 'application/zip', disposition: 'attachment; filename="almanac-export.zip"' };

@ApiTags('Auth')
@Controller('api/auth')
@UseInterceptors(NoStoreInterceptor)
export class AccountController {
  constructor(
    private readonly deletion: AccountDeletionService,
    private readonly archive: AccountArchiveService,
  ) {}

  @Delete('me')
  @HttpCode(202)
  @ApiOperation({
    summary: "Delete one's account",
    description: 'Tokens, keys and sessions are refused at once; all data is erased within minutes.',
  })
  @ApiAcceptedResponse({ type: MessageDto, example: { message: 'Account deleted; its data is being erased' } })
  @ApiErrors(400, 403, 404, 409)
  async delete(
    @Caller() caller: Principal,
    @Body() body: DeleteAccountDto,
    @ClientAddress() address: string,
  ): Promise<MessageDto> {
    await this.deletion.close(caller, body.password, address);
    return MessageDto.of('Account deleted; its data is being erased');
  }

  @Get('export')
  @ApiOperation({
    summary: "Download all one's data",
    description:
      'A ZIP archive with one NDJSON file (a JSON object per line) for each kind of data, without secrets or hashes. A file ' +
      'of more than 2 GB goes on in `name-2.ndjson`.',
  })
  @ApiProduces('application/zip')
  @ApiOkResponse({ description: 'The archive.', schema: { type: 'string', format: 'binary' } })
  @ApiErrors(403, 404)
  async export(@Caller() caller: Principal): Promise<StreamableFile> {
    return new StreamableFile(await this.archive.create(caller), ARCHIVE);
  }
}
