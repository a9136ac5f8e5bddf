import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { NotAuthenticatedException, Public, Session, SessionService, UserId } from 'nestjs-sesame';
import { SessionConfig } from '../config/session.config.js';
import { UsersService } from '../users/users.service.js';
import { ConfirmDto } from './confirm.dto.js';
import { LoginDto } from './login.dto.js';

interface Account {
  username: string;
  session: {
    createdAt: Date;
    /** When it ends unless it is used again. */
    expiresAt: Date;
    /** When it ends, however much it is used. */
    endsAt: Date;
    /** After how many milliseconds without use it ends; `null` if it is kept, used or not. */
    idleTimeout: number | null;
  };
}

@Controller()
export class AuthController {
  constructor(
    private readonly sessions: SessionService,
    private readonly users: UsersService,
    private readonly config: SessionConfig,
  ) {}

  /** Who is signed in, and what there is to know about this session: never its id. */
  @Get('me')
  async me(@UserId() username: string, @Session() { cookie }: Session): Promise<Account> {
    const session = (await this.sessions.list(username)).find(({ current }) => current);
    // Ended by another device after this request came past the guard.
    if (session === undefined) throw new NotAuthenticatedException('revoked');
    const { createdAt, expiresAt } = session;
    // Only the cookie of a remembered session has an age of its own.
    const remembered = cookie.originalMaxAge;
    const idleTimeout = remembered === null ? this.config.idleTimeout : null;
    const endsAt = new Date(createdAt.getTime() + (remembered ?? this.config.absoluteTimeout));
    return { username, session: { createdAt, expiresAt, endsAt, idleTimeout } };
  }

  @Public()
  @Post('login')
  @HttpCode(HttpStatus.OK)
  async login(@Body() { username, password, remember }: LoginDto): Promise<{ username: string }> {
    if (!(await this.users.hasPassword(username, password))) {
      throw new UnauthorizedException('The user name or the password is wrong.');
    }
    await this.sessions.login(username, remember ? { remember: this.config.rememberFor } : {});
    return { username };
  }

  /** Whoever is signed in proves it again, for what asks for a fresh sign-in. */
  @Post('confirm')
  @HttpCode(HttpStatus.NO_CONTENT)
  async confirm(@UserId() username: string, @Body() { password }: ConfirmDto): Promise<void> {
    if (!(await this.users.hasPassword(username, password))) {
      throw new UnauthorizedException('The password is wrong.');
    }
    await this.sessions.confirm();
  }

  /** Open to all: signing out twice, or after the session ran out, is no mistake. */
  @Public()
  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  async logout(): Promise<void> {
    await this.sessions.logout();
  }
}
