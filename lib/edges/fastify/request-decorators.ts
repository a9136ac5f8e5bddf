import { InvalidSessionOptionsException } from '../../options/invalid-session-options.exception.js';
import type { RequestProperties } from '../http/request-properties.js';
import { BINDING } from '../session-of.js';
import type { FastifyInstance, FastifyRequest, RequestAccessors } from './fastify-platform.js';

/** What a Fastify request gets from Node's request behind it. */
const ACCESSORS: Readonly<Record<string | symbol, RequestAccessors<unknown>>> = {
  session: {
    getter() {
      return bindingOf(this)?.session.object();
    },
    setter(value) {
      const binding = bindingOf(this);
      if (binding !== undefined) binding.session.put(value);
      else Object.defineProperty(this, 'session', { value, ...PLAIN }); // a route without a session
    },
  },
  sessionID: {
    getter() {
      return bindingOf(this)?.session.resolve().id;
    },
  },
  sessionStore: {
    getter() {
      return bindingOf(this)?.store;
    },
  },
  [BINDING]: {
    getter() {
      return bindingOf(this);
    },
  },
};

const PLAIN = { configurable: true, enumerable: true, writable: true };

const NAMES = Reflect.ownKeys(ACCESSORS);

function bindingOf({ raw }: FastifyRequest): RequestProperties | undefined {
  return isBound(raw) ? raw[BINDING] : undefined;
}

function isBound(raw: object): raw is { readonly [BINDING]: RequestProperties } {
  return BINDING in raw;
}

/**
 * Puts the session on all requests of an application.
 * @throws InvalidSessionOptionsException if a plugin puts its own there; for one that is registered
 * later, at that time
 */
export function decorateRequests(instance: FastifyInstance): void {
  if (instance.hasRequestDecorator(BINDING)) return;
  for (const name of NAMES) {
    if (instance.hasRequestDecorator(name)) throw taken(name);
    const accessors = ACCESSORS[name];
    if (accessors !== undefined) instance.decorateRequest(name, accessors);
  }
  const { decorateRequest } = instance;
  instance.decorateRequest = function (this: FastifyInstance, name, ...rest) {
    if (NAMES.includes(name)) throw taken(name);
    return Reflect.apply(decorateRequest, this, [name, ...rest]);
  };
}

function taken(name: string | symbol): InvalidSessionOptionsException {
  const problem = `cannot share request.${String(name)} with another plugin, such as @fastify/session or @fastify/secure-session. Sesame takes its place: do not register that plugin, or give @fastify/secure-session another sessionName`;
  return new InvalidSessionOptionsException([{ path: 'SessionModule', problem }]);
}
