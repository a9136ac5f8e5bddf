import { Reflector } from '@nestjs/core';

/**
 * Lets everyone through `AuthenticatedGuard`: `@Public()` on a route or a controller. `@Public(false)`
 * closes a route of such a controller again.
 * @default true
 */
export const Public = Reflector.createDecorator<boolean | undefined, boolean>({
  key: 'nestjs-sesame:public',
  transform: (isPublic) => isPublic ?? true,
});
