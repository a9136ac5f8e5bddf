import { IsString, Length } from 'class-validator';

export class LoginDto {
  @IsString()
  @Length(1, 64, { message: 'Give your user name: 1 to 64 characters.' })
  readonly username: string = '';

  // bcrypt looks at 72 bytes and no further.
  @IsString()
  @Length(1, 72, { message: 'Give your password: 1 to 72 characters.' })
  readonly password: string = '';
}
