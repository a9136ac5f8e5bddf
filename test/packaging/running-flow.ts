import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from '../support/installed-library.js';

const COMPATIBILITY = resolve(import.meta.dirname, '../../scripts/compatibility');
const STORE_LINE = /^(.+): (http:\S+)$/gm;

/**
 * What a visitor does with the application of scripts/compatibility, compiled in a module format
 * below this folder: its flow on every store. Returns the names of the stores, and what was printed.
 */
export async function runFlow(
  folder: string,
  type: 'module' | 'commonjs',
  redisUrl: string,
): Promise<{ stores: string[]; printed: string }> {
  const app = join(folder, type);
  cpSync(join(COMPATIBILITY, 'app'), app, { recursive: true });
  writeFileSync(join(app, 'package.json'), JSON.stringify({ type }));
  compile('-p', join(app, 'tsconfig.json'), '--noCheck');
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: app,
    env: { ...process.env, NODE_OPTIONS: '', REDIS_URL: redisUrl },
  });
  try {
    const said = await listening(server);
    const stores = [...said.matchAll(STORE_LINE)];
    // The flow is a script in another folder, without types of its own.
    const { checkFlow }: { checkFlow(url: string): Promise<void> } = await import(
      pathToFileURL(join(COMPATIBILITY, 'flow.mjs')).href
    );
    for (const [, , url = ''] of stores) await checkFlow(url);
    const printed = said
      .replaceAll(STORE_LINE, '')
      .replace(/^listening$/m, '')
      .trim();
    return { stores: stores.map(([, name = '']) => name), printed };
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}

/** All that it prints until it listens; rejects with that if it ends before. */
function listening(server: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const hear = (data: Buffer): void => {
      said += data.toString();
      if (/^listening$/m.test(said)) resolve(said);
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.once('exit', () => reject(new Error(`The application ended:\n${said}`)));
  });
}
