import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule as NestConfigModule, registerAs } from '@nestjs/config';
import type { AppConfig } from './app.config.js';

/** Offers each slice of the configuration under its token (`AUTH_CONFIG`, …), already parsed and checked. */
@Module({})
export class ConfigModule {
  static forRoot(config: AppConfig): DynamicModule {
    const slices = Object.entries(config).map(([name, slice]) => registerAs(name, () => slice as object));
    return {
      module: ConfigModule,
      global: true,
      imports: [NestConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: slices })],
    };
  }
}
