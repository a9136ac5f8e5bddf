import { types } from 'node:util';
import type { FastifyInstance, OnRequest } from '../../edges/fastify/fastify-platform.js';
import { InvalidSessionOptionsException } from '../../options/invalid-session-options.exception.js';

/**
 * The part of @nestjs/platform-fastify's adapter that is used. Applications on Express have not installed it.
 */
export interface FastifyAdapter {
  getType(): string;
  getInstance(): FastifyInstance;
  setOnRequestHook(hook: OnRequest): void;
}

const TOO_OLD =
  'needs @nestjs/platform-fastify 11.1.4 or later, whose adapter has setOnRequestHook(): npm install @nestjs/platform-fastify@latest, or @11 with Nest 11';

/**
 * True for an application on Fastify.
 * @throws InvalidSessionOptionsException if the adapter is too old
 */
export function isFastify(adapter: object | null | undefined): adapter is FastifyAdapter {
  // A standalone application has null there.
  if (!adapter || callMethod(adapter, 'getType') !== 'fastify') return false;
  if (typeof Reflect.get(adapter, 'setOnRequestHook') === 'function') return true;
  throw new InvalidSessionOptionsException([{ path: 'SessionModule', problem: TOO_OLD }]);
}

function callMethod(object: object, name: string): unknown {
  const method: unknown = Reflect.get(object, name);
  return typeof method === 'function' ? Reflect.apply(method, object, []) : undefined;
}

/** The hooks that run first in an application: those of modules, and the application's own. */
interface FirstHooks {
  ours: OnRequest;
  theirs: unknown;
}

const firstHooks = new WeakMap<FastifyAdapter, FirstHooks>();

/**
 * Runs a hook before all others, even before Nest's middleware, whose hook exists before any module does. An
 * adapter has room for only one such hook: one that the application sets runs afterwards.
 */
export function hookFirst(adapter: FastifyAdapter, hook: OnRequest): void {
  const known = firstHooks.get(adapter);
  if (known !== undefined) {
    known.ours = inTurn(known.ours, hook);
    return;
  }
  const hooks: FirstHooks = { ours: hook, theirs: Reflect.get(adapter, 'onRequestHook') };
  firstHooks.set(adapter, hooks);
  adapter.setOnRequestHook((request, reply, done) => {
    const { ours, theirs } = hooks;
    const all = typeof theirs === 'function' ? inTurn(ours, theirs) : ours;
    all(request, reply, done);
  });
  adapter.setOnRequestHook = (given) => {
    hooks.theirs = given;
  };
}

function inTurn(first: OnRequest, second: Function): OnRequest {
  return (request, reply, done) => {
    first(request, reply, (error) => {
      if (error) done(error);
      else void callHook(second, request, reply, done);
    });
  };
}

/** Calls a hook of the application, which either calls `done` or returns a promise. */
async function callHook(hook: Function, ...args: Parameters<OnRequest>): Promise<void> {
  const [, , done] = args;
  try {
    const result: unknown = Reflect.apply(hook, undefined, args);
    if (!types.isPromise(result)) return;
    await result;
    done();
  } catch (error) {
    done(error);
  }
}
