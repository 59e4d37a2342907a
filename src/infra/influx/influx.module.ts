import { Global, Module } from '@nestjs/common';
import { InfluxClient } from './influx.client.js';

@Global()
@Module({ providers: [InfluxClient], exports: [InfluxClient] })
export class InfluxModule {}
