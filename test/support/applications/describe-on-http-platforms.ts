import { afterAll, beforeAll, describe } from '@jest/globals';
import { setHttpPlatform } from './http-platform.js';
import type { HttpPlatform } from './http-platform.js';

/** Runs a suite on Express, and again on Fastify: its applications are those of `startApp()`, and the like. */
export function describeOnHttpPlatforms(
  title: string,
  suite: (platform: HttpPlatform) => void,
): void {
  describe.each(['express', 'fastify'] as const)(`${title}, on %s`, (platform) => {
    beforeAll(() => setHttpPlatform(platform));
    afterAll(() => setHttpPlatform());
    suite(platform);
  });
}
