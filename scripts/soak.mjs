// Many requests with many sessions in one process, and what they leave in its memory:
// node scripts/soak.mjs [requests] [sessions] [redis://url]
import { run } from './prepare.mjs';

const [requests = '100000', sessions = '10000', redis] = process.argv.slice(2);
const env = {
  ...process.env,
  LOAD_REQUESTS: requests,
  LOAD_SESSIONS: sessions,
  ...(redis && { LOAD_REDIS: redis }),
};
const args = ['--expose-gc', '--import', './test/fuzz/typescript/register.mjs'];
run(process.execPath, [...args, 'test/e2e/load/main.ts'], { env });
