import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthenticatedGuard, SessionModule } from 'nestjs-sesame';
import type { SessionModuleOptions, SessionStore } from 'nestjs-sesame';
import { AccountController } from './account.controller.js';
import { CartController } from './cart.controller.js';

@Module({
  controllers: [AccountController, CartController],
  providers: [{ provide: APP_GUARD, useClass: AuthenticatedGuard }],
})
export class AppModule {
  static keepingSessionsIn(store: SessionStore): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SessionModule.forRootAsync({
          useFactory: (): SessionModuleOptions => ({
            secret: 'for this check only, but of good length',
            store,
          }),
        }),
      ],
    };
  }
}
