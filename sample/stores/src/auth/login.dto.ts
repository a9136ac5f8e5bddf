import { IsString, Length } from 'class-validator';

export class LoginDto {
  @IsString()
  @Length(1, 64, { message: 'Give your user name: 1 to 64 characters.' })
  readonly username: string = '';
}
