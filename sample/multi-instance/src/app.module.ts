import { Module, ValidationPipe } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuthenticatedGuard, SessionModule } from 'nestjs-sesame';
import { AuthController } from './auth/auth.controller.js';
import { CartController } from './cart/cart.controller.js';
import { ConfigModule } from './config/config.module.js';
import { SessionConfig } from './config/session.config.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import { UsersService } from './users/users.service.js';

@Module({
  imports: [
    SessionModule.forRootAsync({
      imports: [ConfigModule],
      inject: [SessionConfig],
      useFactory: ({ secret, store }: SessionConfig) => ({ secret, store }),
    }),
  ],
  controllers: [AuthController, CartController, PreferencesController],
  providers: [
    UsersService,
    // Every route asks for a signed-in user, unless it is marked @Public().
    { provide: APP_GUARD, useClass: AuthenticatedGuard },
    { provide: APP_PIPE, useValue: new ValidationPipe({ whitelist: true, transform: true }) },
  ],
})
export class AppModule {}
