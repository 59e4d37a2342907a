import { PartialType } from '@nestjs/swagger';
import { BudgetSettingsDto } from './create-budget.dto.js';

export class UpdateBudgetDto extends PartialType(BudgetSettingsDto) {}
