import { Inject, Module } from '@nestjs/common';
import type { MiddlewareConsumer, NestModule, OnApplicationShutdown } from '@nestjs/common';
import { SessionContext } from './session-context.js';
import { SessionEngine } from '../session/session-manager.js';
import { checkOptions } from '../options/check-options.js';
import { createSessionEngine } from './session-manager.factory.js';
import { middlewareOf } from './session.middleware.js';
import {
  CHECKED_OPTIONS,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
} from './session.module-definition.js';
import { NestSessionObserver } from './session.logger.js';
import { CompleteSessionModuleOptions } from '../options/session.options.js';
import type { SessionModuleOptions } from '../options/session.options.js';
import { SessionService } from './session.service.js';

/** Missing where `SessionModule` itself is imported, which its check then says. */
const OPTIONS = { token: MODULE_OPTIONS_TOKEN, optional: true };

/**
 * Gives an application server-side sessions: `SessionModule.forRoot(options)`, or
 * `SessionModule.forRootAsync({ imports, inject, useFactory | useClass | useExisting })`.
 *
 * @throws InvalidSessionOptionsException at boot, naming everything that is wrong with the options
 */
@Module({
  providers: [
    {
      provide: CHECKED_OPTIONS,
      useFactory: (given: SessionModuleOptions) =>
        checkOptions(new CompleteSessionModuleOptions(), given),
      inject: [OPTIONS],
    },
    {
      provide: SessionEngine,
      useFactory: createSessionEngine,
      inject: [CHECKED_OPTIONS, OPTIONS, NestSessionObserver],
    },
    NestSessionObserver,
    SessionContext,
    SessionService,
  ],
  exports: [SessionService],
})
export class SessionModule
  extends ConfigurableModuleClass
  implements NestModule, OnApplicationShutdown
{
  constructor(
    @Inject(CHECKED_OPTIONS) private readonly options: CompleteSessionModuleOptions,
    private readonly engine: SessionEngine,
    private readonly context: SessionContext,
  ) {
    super();
  }

  /** Nest asks at boot: puts sessions before the routes that the options name. */
  configure(consumer: MiddlewareConsumer): void {
    const { forRoutes, exclude, proxy } = this.options;
    consumer
      .apply(middlewareOf(this.engine, proxy, (session, next) => this.context.run(session, next)))
      .exclude(...exclude)
      .forRoutes(...forRoutes);
  }

  /** By now the server is closed: what is still being stored is for clients that went away. */
  async onApplicationShutdown(): Promise<void> {
    await this.engine.close();
  }
}
