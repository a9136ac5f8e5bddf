import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Up to V8 12.4 (Node 20 and 22), an object whose prototype was changed gets a new hidden class with
 * every property that is added to it. Each takes 2 to 3 µs, and all code that handles the object meets
 * an unknown class. Express changes the prototype of each request and response.
 */
const ARE_PROPERTIES_SLOW = isBefore(process.versions.v8, 12, 5);

/**
 * Makes V8 keep the properties of a request and its response in a dictionary, as it does after one is
 * deleted, if Express made them slow. That makes Sesame, Nest and Express itself faster.
 */
export function keepPropertiesFast(request: IncomingMessage, response: ServerResponse): void {
  if (!ARE_PROPERTIES_SLOW || !('res' in request)) return;
  putBack(request, 'res');
  putBack(response, 'req');
}

/** Deletes a property and defines it again. V8 makes no dictionary if it was the one added last. */
function putBack(object: object, name: string): void {
  const property = Object.getOwnPropertyDescriptor(object, name);
  if (property === undefined || !Reflect.deleteProperty(object, name)) return;
  Object.defineProperty(object, name, property);
}

function isBefore(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor === major ? ownMinor < minor : ownMajor < major;
}
