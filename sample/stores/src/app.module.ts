import { Module, ValidationPipe } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuthenticatedGuard, SessionModule } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { AuthController } from './auth/auth.controller.js';
import { CartController } from './cart/cart.controller.js';
import { CounterController } from './counter/counter.controller.js';
import { DevicesController } from './devices/devices.controller.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import type { OpenedStore } from './stores/opened-store.js';
import { StoreConnections } from './stores/store-connections.js';

export interface AppSettings {
  readonly opened: OpenedStore;
  readonly session: Omit<SessionModuleOptions, 'store'>;
}

@Module({
  controllers: [
    AuthController,
    CartController,
    CounterController,
    DevicesController,
    PreferencesController,
  ],
  providers: [
    // Every route asks for a signed-in user, unless it is marked @Public().
    { provide: APP_GUARD, useClass: AuthenticatedGuard },
    { provide: APP_PIPE, useValue: new ValidationPipe({ whitelist: true, transform: true }) },
  ],
})
export class AppModule {
  static with({ opened, session }: AppSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [SessionModule.forRoot({ ...session, store: opened.store })],
      providers: [{ provide: StoreConnections, useValue: new StoreConnections(opened) }],
    };
  }
}
