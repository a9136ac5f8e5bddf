import { spawn } from 'node:child_process';

// Whoever runs the check may have set these for other processes; applications run without them.
const { NODE_OPTIONS: _options, NODE_NO_WARNINGS: _warnings, ...plainEnvironment } = process.env;

export const environment = plainEnvironment;

/** Runs a command to its end. Returns what it printed, or throws an error that quotes it. */
export async function capture(command, args, options = {}) {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
    ...options,
  });
  let printed = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return printed.trim();
  throw new Error(`${command} ${args.join(' ')}\n${printed}${complaint}`.trim());
}

export function npm(args, options) {
  const shell = process.platform === 'win32';
  return capture('npm', [...args, '--loglevel=error'], { shell, ...options });
}

export function npx(args, options) {
  const shell = process.platform === 'win32';
  return capture('npx', ['-y', '--loglevel=error', ...args], { shell, ...options });
}

/** `work` on each item, at most `atOnce` of them at a time; the results in the items' order. */
export async function inTurns(items, atOnce, work) {
  const results = [];
  const waiting = items.entries();
  const lane = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await allOf(Array.from({ length: atOnce }, lane));
  return results;
}

/** As Promise.all, but when it rejects nothing is still under way. */
export async function allOf(promises) {
  const outcomes = await Promise.allSettled(promises);
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.map(({ value }) => value);
}
