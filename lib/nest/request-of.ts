import type { ExecutionContext } from '@nestjs/common';

/**
 * The HTTP request behind an execution context: of an HTTP route, or of a GraphQL operation whose
 * context carries it as `req` or `request`. `undefined` where there is none, as for RPC.
 */
export function requestOf(context: ExecutionContext): object | undefined {
  const type: string = context.getType();
  if (type === 'http') return asObject(context.switchToHttp().getRequest<unknown>());
  if (type !== 'graphql') return undefined;
  // A resolver's arguments are (root, args, context, info).
  const graphql = asObject(context.getArgByIndex<unknown>(2));
  if (graphql === undefined) return undefined;
  return asObject(Reflect.get(graphql, 'req')) ?? asObject(Reflect.get(graphql, 'request'));
}

function asObject(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
