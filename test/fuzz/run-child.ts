import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const REGISTER = new URL('typescript/register.mjs', import.meta.url).href;

/** Runs a TypeScript file of the tests in a process of its own. Returns the last line it prints, as JSON. */
export async function runChild(file: URL, env: Record<string, string>): Promise<unknown> {
  const args = ['--expose-gc', '--import', REGISTER, fileURLToPath(file)];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, complained] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`it ended with ${String(code)}:\n${complained}`);
  return JSON.parse(said.trim().split('\n').at(-1) ?? '');
}
