import { Module } from '@nestjs/common';
import { openStore } from './open-store.js';
import { SessionConfig } from './session.config.js';

@Module({
  providers: [
    { provide: SessionConfig, useFactory: async () => new SessionConfig(await openStore()) },
  ],
  exports: [SessionConfig],
})
export class ConfigModule {}
