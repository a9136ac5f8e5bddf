import { httpPlatform } from '../applications/http-platform.js';

/** Which of the stores a suite runs on: on Fastify the first one only, as no store knows the platform. */
export function storesToTry<Store>(stores: readonly Store[]): readonly Store[] {
  return httpPlatform() === 'fastify' ? stores.slice(0, 1) : stores;
}
