import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { Public, RequireFresh, SessionService, UserId } from 'nestjs-sesame';
import type { SessionSummary } from 'nestjs-sesame';

@Controller()
export class AccountController {
  constructor(private readonly sessions: SessionService) {}

  @Public()
  @Post('login/:user')
  async login(@Param('user') user: string): Promise<void> {
    await this.sessions.login(user);
  }

  @Get('me')
  me(@UserId() user: string): { user: string } {
    return { user };
  }

  @Get('devices')
  devices(@UserId() user: string): Promise<SessionSummary[]> {
    return this.sessions.list(user);
  }

  @RequireFresh('10m')
  @Delete('devices/:handle')
  async end(@UserId() user: string, @Param('handle') handle: string): Promise<boolean> {
    return this.sessions.revoke(user, handle);
  }

  @Post('logout')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }
}
