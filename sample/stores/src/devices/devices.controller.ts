import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  NotFoundException,
  Param,
} from '@nestjs/common';
import { SessionService, UserId } from 'nestjs-sesame';
import type { SessionSummary } from 'nestjs-sesame';

/** Needs a store that lists sessions: memory or Redis. With the others it answers 501. */
@Controller('devices')
export class DevicesController {
  constructor(private readonly sessions: SessionService) {}

  /** Where the user is signed in, the device used last first. */
  @Get()
  list(@UserId() username: string): Promise<SessionSummary[]> {
    return this.sessions.list(username);
  }

  /** Signs one device out. */
  @Delete(':handle')
  @HttpCode(HttpStatus.NO_CONTENT)
  async end(@UserId() username: string, @Param('handle') handle: string): Promise<void> {
    if (await this.sessions.revoke(username, handle)) return;
    throw new NotFoundException('None of your devices has this handle.');
  }

  /** Signs all other devices out. */
  @Delete()
  async endOthers(@UserId() username: string): Promise<{ ended: number }> {
    return { ended: await this.sessions.revokeAll(username, { exceptCurrent: true }) };
  }
}
