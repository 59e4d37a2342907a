import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { PropertyFilter } from '../../../analytics/product/properties/property-filter.js';
import { MAX_PROPERTY_TEXT } from '../../../analytics/product/properties/property-text.js';
import { filtersFromQuery, MAX_FILTER_VALUES, MAX_FILTERS } from './property-filters.js';

const DESCRIPTION =
  'Only events whose properties are so. `filter[properties.country]=DE` is equality; other operators stand in brackets ' +
  'behind: `filter[properties.amount][gt]=10`. Operators: `eq`, `neq`, `in` (values by comma, or repeated; ' +
  `at most ${MAX_FILTER_VALUES}), \`exists\` (true or false), \`lt\`, \`gt\`, \`contains\`. At most ${MAX_FILTERS} filters, ` +
  'all of which must hold. Nested keys are joined by dots; where there are none, a key that has the dots itself is ' +
  'meant. What a property holds is compared as text: `10` finds the number and the text, `true` the boolean and the ' +
  'text; a property that is absent, null or empty has the text `(none)`, a list `(list)`, an object `(object)`. `lt` ' +
  'and `gt` compare numbers (and texts that are plain decimals) with a number, texts with a text. Of texts longer than ' +
  `${MAX_PROPERTY_TEXT} characters the beginning counts, except for \`contains\`.`;

const documentFilters = ApiQuery({
  name: 'filter',
  required: false,
  style: 'deepObject',
  explode: true,
  description: DESCRIPTION,
  schema: {
    type: 'object',
    additionalProperties: { type: 'string', maxLength: MAX_PROPERTY_TEXT },
  },
  // The first is what Swagger UI sends unless told otherwise.
  examples: {
    none: { summary: 'No filter', value: {} },
    country: { summary: 'properties.country is DE', value: { 'properties.country': 'DE' } },
    countries: { summary: 'properties.country is DE or FR', value: { 'properties.country][in': 'DE,FR' } },
    amount: { summary: 'properties.amount is greater than 10', value: { 'properties.amount][gt': '10' } },
  },
});

/**
 * The property filters of a query. They are read past the query's DTO, which knows its parameters by name.
 *
 * @throws InvalidInputError
 */
export const QueryFilters = createParamDecorator(
  (_: unknown, context: ExecutionContext): PropertyFilter[] =>
    filtersFromQuery(context.switchToHttp().getRequest<FastifyRequest>().query as Record<string, unknown>),
  [
    (target: object, key: string | symbol | undefined) => {
      const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
      if (key !== undefined && method !== undefined) documentFilters(target, key, method);
    },
  ],
);
