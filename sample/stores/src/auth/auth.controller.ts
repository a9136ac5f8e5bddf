import { Body, Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { Public, SessionService, UserId } from 'nestjs-sesame';
import { LoginDto } from './login.dto.js';

interface Account {
  username: string;
}

/** Everybody is believed to be who they say: this sample is about stores. The others ask. */
@Controller()
export class AuthController {
  constructor(private readonly sessions: SessionService) {}

  @Get('me')
  me(@UserId() username: string): Account {
    return { username };
  }

  @Public()
  @Post('login')
  @HttpCode(HttpStatus.OK)
  async login(@Body() { username }: LoginDto): Promise<Account> {
    await this.sessions.login(username);
    return { username };
  }

  @Public()
  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  async logout(): Promise<void> {
    await this.sessions.logout();
  }
}
