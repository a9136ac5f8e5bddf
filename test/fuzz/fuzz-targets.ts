import type { SessionOptions } from 'nestjs-sesame';
import { onFastify, onNode } from './fuzz-platforms.js';
import type { Platform } from './fuzz-platforms.js';
import { expressStore, memoryStore } from './fuzz-stores.js';
import type { PlantableStore } from './fuzz-stores.js';

/** The stores and options under fire. */
export const SERVERS: readonly [() => PlantableStore, Partial<SessionOptions>][] = [
  [memoryStore, {}],
  [expressStore, {}],
  [memoryStore, { rolling: true, saveUninitialized: true, touchInterval: 1, unset: 'keep' }],
  [memoryStore, { hashIds: false, cookie: { maxAge: 60_000 }, onStoreFailure: 'anonymous' }],
  [memoryStore, { encryption: { keys: ['a key of more than thirty-two characters'] } }],
  [
    expressStore,
    { encryption: { keys: ['a key of more than thirty-two characters'] }, rolling: true },
  ],
];

/** Each has all of these servers. */
export const PLATFORMS: readonly Platform[] = [onNode, onFastify];
