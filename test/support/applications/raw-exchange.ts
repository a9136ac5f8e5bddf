import type { IncomingMessage, ServerResponse } from 'node:http';

/** What `@Req()` gives a handler: Express's request is Node's own, Fastify's has it. */
export type PlatformRequest = IncomingMessage | { readonly raw: IncomingMessage };

/** What `@Res()` gives a handler. */
export type PlatformResponse = ServerResponse | { readonly raw: ServerResponse };

/** Node's own request, on either platform. */
export function rawRequest(request: PlatformRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/** Node's own response, on either platform. */
export function rawResponse(response: PlatformResponse): ServerResponse {
  return 'raw' in response ? response.raw : response;
}
