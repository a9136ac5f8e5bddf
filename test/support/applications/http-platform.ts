import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { TestingModule } from '@nestjs/testing';

/** The HTTP platforms that Nest may run on. */
export type HttpPlatform = 'express' | 'fastify';

/** Which proxies are trusted: Express's `trust proxy`, Fastify's `trustProxy`. */
export type TrustProxy = boolean | number | string;

const ASKED: HttpPlatform = process.env['HTTP_ADAPTER'] === 'fastify' ? 'fastify' : 'express';

let current = ASKED;

/** The platform of the applications that are created now: `HTTP_ADAPTER=fastify` for Fastify everywhere. */
export function httpPlatform(): HttpPlatform {
  return current;
}

/** @param platform below the applications that are created from now on; by default, the one asked for */
export function setHttpPlatform(platform = ASKED): void {
  current = platform;
}

/** The application of a module, on the current platform. */
export function createApplication(
  module: TestingModule,
  trustProxy?: TrustProxy,
): INestApplication {
  const options = { logger: false } as const;
  if (current === 'fastify') {
    const adapter = new FastifyAdapter({
      trustProxy: trusted(trustProxy),
      // Express's parser accepts such names, which tests use.
      onProtoPoisoning: 'ignore',
      onConstructorPoisoning: 'ignore',
    });
    return module.createNestApplication<NestFastifyApplication>(adapter, options);
  }
  const app = module.createNestApplication<NestExpressApplication>(options);
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy);
  return app;
}

/** Fastify does not take a number of hops. */
function trusted(
  trust: TrustProxy = false,
): boolean | string | ((address: string, hop: number) => boolean) {
  return typeof trust === 'number' ? (_address, hop) => hop < trust : trust;
}
