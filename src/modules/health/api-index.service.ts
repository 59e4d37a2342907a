import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ALMANAC_VERSION } from '../../config/version.js';
import type { ApiIndexDto } from './health.dto.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The list of operations for `GET /`, taken from the OpenAPI document so that it can never be out of date. */
@Injectable()
export class ApiIndexService {
  private document: () => OpenAPIObject = () => ({ openapi: '3.0.0', info: { title: '', version: '' }, paths: {} });
  private modules: Record<string, string[]> | undefined;

  /** @param document made when it is asked for: at the start of the server nobody does. */
  describe(document: () => OpenAPIObject): void {
    this.document = document;
  }

  list(): ApiIndexDto {
    return {
      name: 'Almanac',
      version: ALMANAC_VERSION,
      links: { swagger: '/swagger', openapi: '/apispec.json', ready: '/health/ready' },
      modules: (this.modules ??= this.group()),
    };
  }

  private group(): Record<string, string[]> {
    const modules: Record<string, string[]> = {};
    for (const [path, item] of Object.entries(this.document().paths)) {
      for (const method of METHODS) {
        const operation = item[method];
        if (operation === undefined) continue;
        (modules[operation.tags?.[0] ?? 'Other'] ??= []).push(`${method.toUpperCase()} ${path}`);
      }
    }
    return modules;
  }
}
