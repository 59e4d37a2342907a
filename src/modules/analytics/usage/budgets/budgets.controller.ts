import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, RequireScope } from '../../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../../common/auth/principal.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { toBudgetChanges, toNewBudget } from './budget-requests.js';
import { BudgetsService } from './budgets.service.js';
import { BudgetDto, BudgetListDto, SavedBudgetDto } from './dto/budget.dto.js';
import { CreateBudgetDto } from './dto/create-budget.dto.js';
import { UpdateBudgetDto } from './dto/update-budget.dto.js';

const ID = { name: 'id', example: 'bud_6f1c0d3a9b2e47c8a5d01e22' };

@ApiTags('Budgets')
@Controller('api/v1/budgets')
export class BudgetsController {
  constructor(private readonly budgets: BudgetsService) {}

  @Post()
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Create a budget',
    description:
      'A limit on what AI calls may cost in a day or month. Each threshold is told of once in a period, by a signed ' +
      '`budget.threshold` webhook, within seconds of the call that reached it; calls that come up to 48 hours late count ' +
      'for the period that they belong to. Calls without a known cost count nothing: see `unpriced_calls`.',
  })
  @ApiCreatedResponse({ type: SavedBudgetDto })
  @ApiErrors(400, 403, 409, 503)
  async create(@Caller() caller: Principal, @Body() body: CreateBudgetDto): Promise<SavedBudgetDto> {
    return SavedBudgetDto.from(await this.budgets.create(caller, toNewBudget(body)));
  }

  @Get()
  @RequireScope('read')
  @ApiOperation({
    summary: "List one's budgets",
    description: 'With spend, forecast and the thresholds reached in the present period; an administrator sees all.',
  })
  @ApiOkResponse({ type: BudgetListDto })
  @ApiErrors(403)
  async list(@Caller() caller: Principal): Promise<BudgetListDto> {
    return BudgetListDto.from(await this.budgets.list(caller));
  }

  @Get(':id')
  @RequireScope('read')
  @ApiOperation({ summary: 'One budget' })
  @ApiParam(ID)
  @ApiOkResponse({ type: BudgetDto })
  @ApiErrors(403, 404)
  async get(@Caller() caller: Principal, @Param('id') id: string): Promise<BudgetDto> {
    return BudgetDto.from(await this.budgets.get(caller, id));
  }

  @Patch(':id')
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Change a budget',
    description: 'What has fired in the present period does not fire again, whatever the new limit.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: SavedBudgetDto })
  @ApiErrors(400, 403, 404, 503)
  async update(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: UpdateBudgetDto,
  ): Promise<SavedBudgetDto> {
    return SavedBudgetDto.from(await this.budgets.update(caller, id, toBudgetChanges(body)));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('admin')
  @ApiOperation({ summary: 'Delete a budget' })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'Deleted.' })
  @ApiErrors(403, 404)
  async delete(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    await this.budgets.delete(caller, id);
  }
}
