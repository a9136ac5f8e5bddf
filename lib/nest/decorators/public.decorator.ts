import { Reflector } from '@nestjs/core';

/**
 * Opens a route or a controller that `AuthenticatedGuard` guards to everyone. `@Public(false)` closes one
 * route of such a controller again.
 * @default true
 */
export const Public = Reflector.createDecorator<boolean | undefined, boolean>({
  key: 'nestjs-sesame:public',
  transform: (isPublic) => isPublic ?? true,
});
