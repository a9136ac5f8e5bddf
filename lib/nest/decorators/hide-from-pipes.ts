/**
 * Hides a parameter from pipes, which leave a plain `Object` alone. A global ValidationPipe with
 * `validateCustomDecorators` and `transform` would pass the handler a copy of what is injected, and changes
 * to a copy are lost.
 */
export function hideFromPipes(
  target: object,
  method: string | symbol | undefined,
  index: number,
): void {
  if (method === undefined) return;
  const types: unknown = Reflect.getMetadata('design:paramtypes', target, method);
  if (Array.isArray(types)) types[index] = Object;
}
