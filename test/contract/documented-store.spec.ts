import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSessionStore } from '../../lib/stores/session-store.js';
import { codeBlocks } from '../docs/markdown.js';
import { describeStoreContract } from './describe-store-contract.js';

const NAME = 'MapSessionStore';

let folder: string;
let construct: () => unknown;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documented-store-'));
  const file = join(folder, 'map-session.store.ts');
  const block = codeBlocks('docs/06-stores.md', 'ts').find(({ code }) => code.includes(NAME));
  await writeFile(file, block?.code ?? '');
  const { [NAME]: documented } = await import(pathToFileURL(file).href);
  construct = () => Reflect.construct(documented, []);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describeStoreContract(`${NAME} of the documentation`, async () => {
  const store = Object(construct());
  if (!isSessionStore(store)) throw new TypeError(`${NAME} is not a store`);
  return { store };
});
