import { RequestMethod } from '@nestjs/common';
import { harmlessValue } from '../../reporting/harmless-value.js';
import { RuleThatTells } from './option-rules.js';

export function AreRoutes(): PropertyDecorator {
  return AreListed('give an array of paths, controllers or { path, method }', 1);
}

export function AreExclusions(): PropertyDecorator {
  return AreListed('give an array of paths or { path, method }', 0);
}

/** @param min how many entries there must be */
function AreListed(remedy: string, min: number): PropertyDecorator {
  return RuleThatTells(
    'areRoutes',
    (routes) => Array.isArray(routes) && routes.length >= min && mistakesIn(routes).length === 0,
    (routes) => {
      const mistakes = Array.isArray(routes) ? mistakesIn(routes) : [];
      if (mistakes.length === 0) return `is ${harmlessValue(routes)}; ${remedy}`;
      return `${mistakes.join('; ')}; ${remedy}, with '/' for the root and a RequestMethod as the method`;
    },
  );
}

function mistakesIn(routes: readonly unknown[]): string[] {
  return [...routes].flatMap((route, index) => {
    const mistake = mistakeIn(route);
    return mistake === undefined ? [] : [`has an entry, [${index}], that ${mistake}`];
  });
}

/** Returns what keeps an entry from being a route; Nest would stop with an error that says nothing. */
function mistakeIn(route: unknown): string | undefined {
  if (route === undefined || route === '') return `is ${unset(route)}`;
  if (typeof route === 'string' || isClass(route)) return undefined;
  if (typeof route !== 'object' || route === null || Array.isArray(route)) {
    return `is ${harmlessValue(route)}`;
  }
  const [path, method] = ['path', 'method'].map((name): unknown => Reflect.get(route, name));
  if (path === undefined || path === '') return `has a path that is ${unset(path)}`;
  if (typeof path !== 'string') return `has a path that is ${harmlessValue(path)}`;
  return isMethod(method) ? undefined : `has a method that is ${harmlessValue(method)}`;
}

function unset(value: unknown): string {
  return `${harmlessValue(value)} (is the environment variable set?)`;
}

/** True for what may be a controller. Nest knows whether it is. */
function isClass(value: unknown): boolean {
  return typeof value === 'function' && 'prototype' in value;
}

/** With -1, Nest means every method, as for a plain path. */
function isMethod(method: unknown): boolean {
  return typeof method === 'number' && (method === -1 || RequestMethod[method] !== undefined);
}
