import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  NotFoundException,
  Param,
} from '@nestjs/common';
import { RequireFresh, SessionService, UserId } from 'nestjs-sesame';
import { deviceOf } from './device.js';
import type { Device } from './device.js';

@Controller('devices')
export class DevicesController {
  constructor(private readonly sessions: SessionService) {}

  /** Where the user is signed in, the device used last first. */
  @Get()
  async list(@UserId() username: string): Promise<Device[]> {
    return (await this.sessions.list(username)).map(deviceOf);
  }

  /** Signs one device out, for whoever has given their password lately: see POST /confirm. */
  @Delete(':handle')
  @RequireFresh('5m')
  @HttpCode(HttpStatus.NO_CONTENT)
  async end(@UserId() username: string, @Param('handle') handle: string): Promise<void> {
    if (await this.sessions.revoke(username, handle)) return;
    throw new NotFoundException('None of your devices has this handle.');
  }

  /** Signs all other devices out, on the same condition. */
  @Delete()
  @RequireFresh('5m')
  async endOthers(@UserId() username: string): Promise<{ ended: number }> {
    return { ended: await this.sessions.revokeAll(username, { exceptCurrent: true }) };
  }
}
