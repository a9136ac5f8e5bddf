import { Reflector } from '@nestjs/core';

/**
 * Opens a route or a controller to everyone, in spite of `AuthenticatedGuard`. `@Public(false)` closes one
 * route of such a controller again.
 * @default true
 */
export const Public = Reflector.createDecorator<boolean | undefined, boolean>({
  key: 'nestjs-sesame:public',
  transform: (isPublic) => isPublic ?? true,
});
