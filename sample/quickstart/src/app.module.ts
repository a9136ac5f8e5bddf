import { Module, ValidationPipe } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuthenticatedGuard, SessionModule } from 'nestjs-sesame';
import { AuthModule } from './auth/auth.module.js';
import { CartController } from './cart/cart.controller.js';
import { ConfigModule } from './config/config.module.js';
import { SessionConfig } from './config/session.config.js';
import { DevicesController } from './devices/devices.controller.js';

@Module({
  imports: [
    SessionModule.forRootAsync({
      imports: [ConfigModule],
      inject: [SessionConfig],
      useFactory: ({ secret, store, idleTimeout, absoluteTimeout }: SessionConfig) => ({
        secret,
        store,
        idleTimeout,
        absoluteTimeout,
      }),
    }),
    AuthModule,
  ],
  controllers: [CartController, DevicesController],
  providers: [
    // Every route asks for a signed-in user, unless it is marked @Public().
    { provide: APP_GUARD, useClass: AuthenticatedGuard },
    { provide: APP_PIPE, useValue: new ValidationPipe({ whitelist: true, transform: true }) },
  ],
})
export class AppModule {}
