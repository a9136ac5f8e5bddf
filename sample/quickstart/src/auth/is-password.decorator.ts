import { applyDecorators } from '@nestjs/common';
import { IsString, Length } from 'class-validator';

/** A password as somebody may type it. bcrypt looks at 72 bytes and no further. */
export function IsPassword(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    Length(1, 72, { message: 'Give your password: 1 to 72 characters.' }),
  );
}
