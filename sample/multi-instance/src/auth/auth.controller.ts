import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { Public, SessionService, UserId } from 'nestjs-sesame';
import { UsersService } from '../users/users.service.js';
import { LoginDto } from './login.dto.js';

interface Account {
  username: string;
}

@Controller()
export class AuthController {
  constructor(
    private readonly sessions: SessionService,
    private readonly users: UsersService,
  ) {}

  @Get('me')
  me(@UserId() username: string): Account {
    return { username };
  }

  @Public()
  @Post('login')
  @HttpCode(HttpStatus.OK)
  async login(@Body() { username, password }: LoginDto): Promise<Account> {
    if (!(await this.users.hasPassword(username, password))) {
      throw new UnauthorizedException('The user name or the password is wrong.');
    }
    await this.sessions.login(username);
    return { username };
  }

  /** Signs the user out of this session, on whichever instance it is asked for next. */
  @Public()
  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  async logout(): Promise<void> {
    await this.sessions.logout();
  }
}
