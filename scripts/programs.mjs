// Finds the programs that the tests start, installs what is missing where it can, or says how to.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const REDIS_SERVER = {
  names: ['redis-server'],
  variable: 'REDIS_SERVER',
  debian: 'redis-server',
  why: 'The tests start real Redis servers of their own.',
  macos: 'brew install redis',
  elsewhere: 'build Redis 7 or newer and set REDIS_SERVER=/path/to/redis-server',
};

export const CHROMIUM = {
  names: ['chromium', 'chromium-browser', 'google-chrome'],
  variable: 'CHROMIUM_PATH',
  debian: 'chromium',
  why: "The tests use the sample's page in a real browser.",
  macos: 'brew install --cask chromium, and set CHROMIUM_PATH',
  elsewhere: 'install Chromium or Chrome and set CHROMIUM_PATH=/path/to/it',
};

/** Where the program is; ends this process if it cannot be had. */
export function find(program) {
  const { names, variable, debian } = program;
  const [name] = names;
  const named = process.env[variable];
  if (named)
    return runs(named) ? named : giveUp(program, `${variable} names ${named}, which does not run.`);
  if (found(names) === undefined && canInstall()) {
    console.log(`No ${name} found: installing the Debian package ${debian} (apt-get) ...`);
    apt('update', '-q');
    apt('install', '-y', '-q', '--no-install-recommends', debian);
  }
  return found(names) ?? giveUp(program, `No ${name} found.`);
}

function found(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find((file) => existsSync(file) && runs(file));
}

function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function canInstall() {
  return process.platform === 'linux' && process.getuid?.() === 0 && runs('apt-get');
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', args, { stdio: 'inherit', env });
}

function giveUp({ why, debian, macos, elsewhere }, problem) {
  console.error(
    `${problem} ${why} Install it and run npm test again:
  Debian, Ubuntu:  sudo apt-get install ${debian}
  macOS:           ${macos}
  elsewhere:       ${elsewhere}`,
  );
  process.exit(1);
}
