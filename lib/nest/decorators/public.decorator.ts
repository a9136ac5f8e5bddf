import { Reflector } from '@nestjs/core';

/**
 * Lets everyone pass `AuthenticatedGuard`: `@Public()` on a route or a controller. `@Public(false)`
 * closes one route of such a controller again.
 * @default true
 */
export const Public = Reflector.createDecorator<boolean | undefined, boolean>({
  key: 'nestjs-sesame:public',
  transform: (isPublic) => isPublic ?? true,
});
