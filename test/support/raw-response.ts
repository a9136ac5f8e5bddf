import type { ServerResponse } from 'node:http';

/** What `@Res()` gives a handler: Express's response is Node's own, Fastify's reply has it. */
export type PlatformResponse = ServerResponse | { readonly raw: ServerResponse };

/** Node's own response, on either platform. */
export function rawResponse(response: PlatformResponse): ServerResponse {
  return 'raw' in response ? response.raw : response;
}
