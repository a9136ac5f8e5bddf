import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { Public, Session } from 'nestjs-sesame';
import { PreferenceDto, PreferenceParams, PREFERENCES } from './preference.dto.js';

/** Visitors have preferences before they sign in, and keep them when they do. */
@Public()
@Controller('preferences')
export class PreferencesController {
  @Get()
  read(@Session() session: Session): Record<string, string | undefined> {
    return Object.fromEntries(PREFERENCES.map((name) => [name, session[name]]));
  }

  /** Plain assignment does: requests that change different keys keep each other's changes. */
  @Put(':name')
  set(
    @Session() session: Session,
    @Param() { name }: PreferenceParams,
    @Body() { value }: PreferenceDto,
  ): void {
    session[name] = value;
  }
}
