// Finds a redis-server for the tests, or says how to get one.
import { spawnSync } from 'node:child_process';

/** The redis-server to test with; ends this process when there is none to be had. */
export function findRedisServer() {
  const named = process.env.REDIS_SERVER;
  if (named) return require(named, `REDIS_SERVER names ${named}, which does not run.`);
  if (runs('redis-server')) return 'redis-server';
  if (process.platform === 'linux' && process.getuid?.() === 0 && runs('apt-get')) {
    console.log('No redis-server found: installing the Debian package redis-server (apt-get) ...');
    apt('update', '-q');
    apt('install', '-y', '-q', '--no-install-recommends', 'redis-server');
  }
  return require('redis-server', 'No redis-server found.');
}

function require(command, problem) {
  if (runs(command)) return command;
  console.error(
    `${problem} The tests start real Redis servers of their own. Install one and run npm test again:
  Debian, Ubuntu:  sudo apt-get install redis-server
  macOS:           brew install redis
  elsewhere:       build Redis 7 or newer and set REDIS_SERVER=/path/to/redis-server`,
  );
  process.exit(1);
}

function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', args, { stdio: 'inherit', env });
}
