import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Store } from 'express-session';
import type { Session } from 'nestjs-sesame';
import type { SessionMiddleware } from './sides.js';
import type { StandingKey } from './standing.js';
import type { World } from './world.js';

/** Where a scenario runs: a plain `node:http` server, Express 5, or `node:http2` in clear text. */
export type Platform = 'http' | 'express' | 'http2';

export interface ScenarioRequest extends IncomingMessage {
  session: Session & Record<string, unknown>;
  sessionID: string;
  sessionStore: Store;
}

export type Handler = (request: ScenarioRequest, response: ServerResponse, world: World) => unknown;

/** One request of a scenario: by default, a GET with the cookies collected so far. */
export interface Step {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** The `Cookie` header, instead of the cookies collected so far. */
  readonly cookie?: string;
  readonly body?: string;
  /** Runs before the request is sent. */
  readonly before?: (world: World) => void;
}

/** What a client does that is more than a request and its answer; the result is compared. */
export type Procedure = (world: World) => Promise<unknown>;

/** Options under the names that both sides share. */
export type SharedOptions = Readonly<Record<string, unknown>>;

export interface Scenario {
  readonly name: string;
  /** @default ['http', 'express'] */
  readonly on?: readonly Platform[];
  readonly options?: SharedOptions;
  /** Several session middlewares one after the other, each with a store of its own. */
  readonly middlewares?: readonly SharedOptions[];
  /** True to give each side only the scenario's options, so that its own defaults apply. */
  readonly ownDefaults?: boolean;
  /** Makes the Express application, instead of one middleware and the handler. */
  readonly express?: (app: Express, session: SessionMiddleware, world: World) => void;
  /** @default the standard application */
  readonly handle?: Handler;
  readonly before?: (world: World) => void;
  /** A path, a request, or more than a request. */
  readonly requests: readonly (string | Step | Procedure)[];
  /** Standing differences that this scenario checks, instead of leaving them out. */
  readonly exactly?: readonly StandingKey[];
}
