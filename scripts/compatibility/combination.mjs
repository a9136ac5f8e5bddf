import { join } from 'node:path';
import { checkFlow } from './flow.mjs';
import { RunningApp } from './running-app.mjs';

/** One Node, one installation, one module format: runs the flow on every store. Returns what went wrong. */
export async function checkCombination(node, installation, format, redis) {
  const folder = join(installation.folder, format.type);
  const app = new RunningApp(node.binary, folder, redis && { REDIS_URL: redis.url });
  const failures = [];
  try {
    const servers = await app.listening();
    const isOnFastify = servers.has('memory, on Fastify');
    if (
      isOnFastify === (app.refusal !== undefined) ||
      isOnFastify !== installation.peers.hasFastify
    ) {
      failures.push(
        `on Fastify: ${app.refusal ?? (isOnFastify ? 'it started' : 'it did not start')}`,
      );
    }
    for (const [store, url] of servers) {
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
