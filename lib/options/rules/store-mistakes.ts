import { printable } from '../../reporting/printable.js';
import { peek } from '../../reporting/thrown.js';
import { promiseMistake } from '../promise-mistake.js';

/**
 * Recognises what is often given in place of a store; returns what it is, and what to write. `undefined` for
 * anything else.
 */
export function storeMistake(value: unknown): string | undefined {
  if (typeof value === 'function') return ofFunction(value);
  const mistake = promiseMistake(value);
  if (mistake !== undefined) return mistake;
  if (has(value, 'defineCommand', 'evalsha')) {
    return "is an ioredis client; write store: new RedisSessionStore({ client }), with RedisSessionStore from 'nestjs-sesame/redis'";
  }
  if (has(value, 'sendCommand', 'evalSha')) {
    return "is a node-redis client; write store: new RedisSessionStore({ client }), with RedisSessionStore from 'nestjs-sesame/redis'";
  }
  return undefined;
}

function ofFunction(value: object): string {
  const name = peek(value, 'name');
  const shown = typeof name === 'string' && name !== '' ? printable(name) : 'Store';
  const isClass = Function.prototype.toString.call(value).startsWith('class');
  if (isClass || hasStoreMethods(peek(value, 'prototype'))) {
    return `is the class ${shown}; write store: new ${shown}(...)`;
  }
  return 'is a function; call it, and give the store that it makes';
}

/** For a class that was compiled to a function. */
function hasStoreMethods(prototype: unknown): boolean {
  return has(prototype, 'get', 'set') || has(prototype, 'read', 'create');
}

function has(value: unknown, ...methods: string[]): boolean {
  return methods.every((method) => typeof peek(value, method) === 'function');
}
