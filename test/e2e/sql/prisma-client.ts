import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { getPrismaClient } from '@prisma/client/runtime/client';
import type { Prisma } from '../../../lib/stores/sql/clients/prisma.js';

const COMPILER = '@prisma/client/runtime/query_compiler_fast_bg.postgresql';
const require = createRequire(import.meta.url);
const wasmFile: { wasm: string } = require(`${COMPILER}.wasm-base64.js`);
const { WebAssembly }: { WebAssembly: { Module: new (bytes: Buffer) => unknown } } =
  Object(globalThis);

interface ClosablePrisma extends Prisma {
  $disconnect(): Promise<void>;
}

/**
 * A client of Prisma, made as by the file that `prisma generate` writes, which would have to download
 * a program first. It has no models: only statements are run by it.
 */
export function prismaClient(connectionString: string): ClosablePrisma {
  const PrismaClient = getPrismaClient({
    previewFeatures: [],
    clientVersion: '7.10.1',
    engineVersion: '',
    activeProvider: 'postgresql',
    inlineSchema: 'datasource db {\n provider = "postgresql"\n}\n',
    runtimeDataModel: { models: {}, enums: {}, types: {} },
    parameterizationSchema: { strings: [], graph: 'AAAA' },
    compilerWasm: {
      getRuntime: async () => require(`${COMPILER}.js`),
      getQueryCompilerWasmModule: async () =>
        new WebAssembly.Module(Buffer.from(wasmFile.wasm, 'base64')),
      importName: './query_compiler_fast_bg.js',
    },
  });
  return new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 2 }) });
}
