import { Reflector } from '@nestjs/core';

/** Lets everyone through `AuthenticatedGuard`: `@Public()` on a route or a controller. */
export const Public = Reflector.createDecorator<boolean | undefined, boolean>({
  transform: (isPublic) => isPublic ?? true,
});
