import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { Public, Session, SessionService, UserId } from 'nestjs-sesame';
import { SessionConfig } from '../config/session.config.js';
import { UsersService } from '../users/users.service.js';
import { LoginDto } from './login.dto.js';

interface Account {
  username: string;
  session: { createdAt: Date; endsAt: Date; idleTimeout: number };
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
  me(@UserId() username: string, @Session('signedInAt') signedInAt: number): Account {
    const { idleTimeout, absoluteTimeout } = this.config;
    return {
      username,
      session: {
        createdAt: new Date(signedInAt),
        endsAt: new Date(signedInAt + absoluteTimeout),
        idleTimeout,
      },
    };
  }

  @Public()
  @Post('login')
  @HttpCode(HttpStatus.OK)
  async login(@Body() { username, password }: LoginDto): Promise<{ username: string }> {
    if (!(await this.users.hasPassword(username, password))) {
      throw new UnauthorizedException('The user name or the password is wrong.');
    }
    await this.sessions.login(username);
    this.sessions.current.signedInAt = Date.now();
    return { username };
  }

  /** Open to all: signing out twice, or after the session ran out, is no mistake. */
  @Public()
  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  async logout(): Promise<void> {
    await this.sessions.logout();
  }
}
