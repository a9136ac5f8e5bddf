import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import { IsPassword } from './is-password.decorator.js';

export class LoginDto {
  @IsString()
  @Length(1, 64, { message: 'Give your user name: 1 to 64 characters.' })
  readonly username: string = '';

  @IsPassword()
  readonly password: string = '';

  /** Keeps this user signed in when the browser is closed, too. */
  @IsOptional()
  @IsBoolean()
  readonly remember: boolean = false;
}
