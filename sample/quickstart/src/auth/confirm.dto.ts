import { IsPassword } from './is-password.decorator.js';

export class ConfirmDto {
  @IsPassword()
  readonly password: string = '';
}
