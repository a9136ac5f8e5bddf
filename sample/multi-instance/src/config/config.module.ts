import { Module } from '@nestjs/common';
import { SessionConfig } from './session.config.js';

@Module({ providers: [SessionConfig], exports: [SessionConfig] })
export class ConfigModule {}
