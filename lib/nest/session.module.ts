import { Inject, Module } from '@nestjs/common';
import type {
  DynamicModule,
  MiddlewareConsumer,
  NestModule,
  OnApplicationShutdown,
  OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { FastifyEdge, linkToReply } from '../edges/fastify/fastify-edge.js';
import { FASTIFY_SESSION_OBJECTS } from '../edges/fastify/fastify-session-object.js';
import { decorateRequests } from '../edges/fastify/request-decorators.js';
import { HttpEdge } from '../edges/http/http-edge.js';
import type { Run } from '../edges/http/http-edge.js';
import { checkOptions } from '../options/check-options.js';
import { InvalidSessionOptionsException } from '../options/invalid-session-options.exception.js';
import type { InvalidSessionOption } from '../options/invalid-session-options.exception.js';
import { CompleteSessionModuleOptions } from '../options/session.options.js';
import type { SessionModuleOptions } from '../options/session.options.js';
import { SessionManager } from '../session/session-manager.js';
import { SessionLogger } from './logging/session.logger.js';
import { hookFirst, isFastify } from './platform/fastify-adapter.js';
import { edgeSettingsOf, middlewareOf } from './platform/session.middleware.js';
import type { SessionMiddleware } from './platform/session.middleware.js';
import { SessionContext } from './session-context.js';
import { createSessionManager } from './session-manager.factory.js';
import { addModule, coversEverything } from './session-modules.js';
import { requireOptions, requireSource, requiringMethod } from './session.module-arguments.js';
import type { SessionModuleAsyncOptions } from './session.module-async-options.js';
import {
  CHECKED_OPTIONS,
  CHOSEN_OPTIONS,
  ConfigurableModuleClass,
  GIVEN_OPTIONS,
  IS_GLOBAL,
} from './session.module-definition.js';
import type { SessionModuleExtras } from './session.module-definition.js';
import { SessionService } from './session.service.js';

const SCOPE = { token: IS_GLOBAL, optional: true };

const NOT_SET_UP: InvalidSessionOption = {
  path: 'options',
  problem:
    'is missing; give an object with at least a secret, as in SessionModule.forRoot({ secret }), once, in the root module. That makes it global, so that SessionService can be injected everywhere: no other module imports SessionModule. Only with isGlobal: false, others import what forRoot() returned',
};

const IN_REQUEST_SCOPE: InvalidSessionOption = {
  path: 'options',
  problem:
    'depend on a provider in request scope, but are made once, at boot. Have useFactory, or the class of the options, inject singletons only; loadUser can get a provider in request scope with resolve() of the ModuleRef',
};

/**
 * Gives an application server-side sessions: `SessionModule.forRoot(options)`, or
 * `SessionModule.forRootAsync({ imports, inject, useFactory | useClass | useExisting })`, once, in the
 * root module.
 *
 * @throws InvalidSessionOptionsException at boot, listing everything that is wrong with the options, or
 * saying that another `SessionModule` of the application is in the way
 */
@Module({
  providers: [
    {
      provide: CHOSEN_OPTIONS,
      useFactory: (given: SessionModuleOptions) => given,
      inject: [GIVEN_OPTIONS],
    },
    {
      provide: CHECKED_OPTIONS,
      useFactory: (
        given: SessionModuleOptions,
        chosen: SessionModuleOptions,
        isGlobal: boolean | undefined,
        application: ModulesContainer,
      ) => {
        if (isGlobal === undefined) throw new InvalidSessionOptionsException([NOT_SET_UP]);
        const options = checkOptions(new CompleteSessionModuleOptions(), chosen);
        addModule(application, { isGlobal, options, given });
        return options;
      },
      inject: [GIVEN_OPTIONS, CHOSEN_OPTIONS, SCOPE, ModulesContainer],
    },
    {
      provide: SessionManager,
      useFactory: createSessionManager,
      inject: [CHECKED_OPTIONS, CHOSEN_OPTIONS, SessionLogger],
    },
    SessionLogger,
    SessionContext,
    SessionService,
  ],
  exports: [SessionService],
})
export class SessionModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnApplicationShutdown
{
  private fastify: FastifyEdge | undefined;

  constructor(
    @Inject(CHECKED_OPTIONS) private readonly options: CompleteSessionModuleOptions,
    private readonly manager: SessionManager,
    private readonly context: SessionContext,
    private readonly host: HttpAdapterHost,
  ) {
    super();
    // This early, since plugins that main.ts registers inherit the hooks and the requests that exist by then.
    this.installOnFastify();
  }

  /**
   * Returns the module with these options.
   * @throws InvalidSessionOptionsException at boot, listing everything that is wrong with the options
   */
  static override forRoot(options: SessionModuleOptions & SessionModuleExtras): DynamicModule {
    requireOptions(options);
    return super.forRoot(options);
  }

  /**
   * Returns the module with options that come from elsewhere: from `useFactory`, which gets what `inject`
   * names, or from a SessionOptionsFactory, by `useClass` or `useExisting`.
   * @throws InvalidSessionOptionsException at boot, listing everything that is wrong with the options
   */
  static override forRootAsync<Given extends SessionModuleOptions>(
    options: SessionModuleAsyncOptions<Given>,
  ): DynamicModule {
    requireSource(options);
    const definition = super.forRootAsync(options);
    if (options.useFactory !== undefined) return definition;
    return requiringMethod(definition, options.useClass === undefined ? 'useExisting' : 'useClass');
  }

  /** Keeps the application from starting if the store can never work as it is set up. */
  async onModuleInit(): Promise<void> {
    await this.manager.prepare();
  }

  /** Called by Nest at boot: puts the middleware before the routes that the options name. */
  configure(consumer: MiddlewareConsumer): void {
    // Nest makes a module in request scope anew for each request, and calls its hooks on an empty one.
    if (!Object.hasOwn(this, 'host')) throw new InvalidSessionOptionsException([IN_REQUEST_SCOPE]);
    this.installOnFastify(); // a testing module has no adapter before this
    const { options, fastify } = this;
    if (fastify !== undefined && coversEverything(this.options)) return;
    consumer
      .apply(fastify === undefined ? this.middleware() : fastify.handle)
      .exclude(...options.exclude)
      .forRoutes(...options.forRoutes);
  }

  private middleware(): SessionMiddleware {
    this.context.prepare(this.host.httpAdapter.getInstance());
    return middlewareOf(this.manager, this.options, this.run);
  }

  private installOnFastify(): void {
    const { host, manager, options, run } = this;
    if (this.fastify !== undefined || !isFastify(host.httpAdapter)) return;
    decorateRequests(host.httpAdapter.getInstance());
    const settings = edgeSettingsOf(options);
    this.fastify = new FastifyEdge(new HttpEdge(manager, settings, run, FASTIFY_SESSION_OBJECTS));
    // If not every route is covered, Nest's middleware opens sessions: only Nest knows which routes are.
    hookFirst(host.httpAdapter, coversEverything(this.options) ? this.fastify.open : linkToReply);
  }

  private readonly run: Run = (session, arrival) => this.context.run(session, arrival);

  /**
   * Waits for the last writes. The server is closed; only sessions of clients that went away are being
   * stored.
   */
  async onApplicationShutdown(): Promise<void> {
    await this.manager.close();
    this.context.close();
  }
}
