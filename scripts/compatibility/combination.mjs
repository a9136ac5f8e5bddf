import { join } from 'node:path';
import { checkFlow } from './flow.mjs';
import { RunningApp } from './running-app.mjs';

/** One Node, one installation, one module format: the flow on every store; what went wrong. */
export async function checkCombination(node, installation, format, redis) {
  const folder = join(installation.folder, format.type);
  const app = new RunningApp(node.binary, folder, redis && { REDIS_URL: redis.url });
  const failures = [];
  try {
    for (const [store, url] of await app.listening()) {
      await checkFlow(url).catch((error) => failures.push(`${store}: ${error.message}`));
    }
    await app.stop();
  } catch (error) {
    failures.push(error.message);
  } finally {
    app.process.kill('SIGKILL');
  }
  return { node, installation, format, failures, remarks: app.remarks };
}

export function hasPassed({ installation, format, failures }) {
  return failures.length === 0 && installation.objections[format.type] === undefined;
}
