import { Controller, Get, Headers } from '@nestjs/common';
import { Session } from 'nestjs-sesame';

interface Device {
  current: boolean;
  signedInAt: Date;
  userAgent?: string | undefined;
}

@Controller('devices')
export class DevicesController {
  /** Where the user is signed in: so far, this session. */
  @Get()
  list(
    @Session('signedInAt') signedInAt: number,
    @Headers('user-agent') userAgent?: string,
  ): Device[] {
    return [{ current: true, signedInAt: new Date(signedInAt), userAgent }];
  }
}
