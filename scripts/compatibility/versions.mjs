// Which versions are checked. The ranges are those in package.json, so that they cannot drift apart.
import { readFileSync } from 'node:fs';
import { root } from '../prepare.mjs';
import { capture, npm, npx } from './command.mjs';

const { engines, peerDependencies } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
const NEST_PACKAGES = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express'];

/** Not every version of Nest has one. */
const FASTIFY_ADAPTER = '@nestjs/platform-fastify';

/** The first Fastify adapter that Sesame can run on; with an older one, it says so at boot. */
export const OLDEST_FASTIFY = '11.1.4';

/** Of Node: the oldest of each range that is supported, and the newest of each later line. */
export const nodeVersions = [...engines.node.split(' || ').map(lowestOf), '22', '24', '26'];
const OLDEST_NEST = lowestOf(peerDependencies['@nestjs/core']);

/** The first version that a range such as `^5.11.0 || ^6.0.0` or `>=20.19` begins with. */
function lowestOf(range) {
  const [major, minor = '0', patch = '0'] = /\d+(\.\d+)*/.exec(range)[0].split('.');
  return `${major}.${minor}.${patch}`;
}

/** Downloads a version of Node. Returns where its binary is, and which version it turned out to be. */
export async function fetchNode(wanted) {
  const binary = await npx(['-p', `node@${wanted}`, 'node', '-p', 'process.execPath']);
  return { binary, version: (await capture(binary, ['--version'])).slice(1) };
}

/** What is installed beside Sesame for each version of Nest that is checked. */
export async function peerSets() {
  const [adapters, ...lists] = await Promise.all(
    [FASTIFY_ADAPTER, ...NEST_PACKAGES].map(releasesOf),
  );
  const peersOf = (nest, ioredis) => ({
    nest,
    hasFastify: inOrder(OLDEST_FASTIFY, nest) <= 0,
    dependencies: {
      ...peerDependencies,
      ...nestPackages(nest),
      [FASTIFY_ADAPTER]: adapters.findLast((adapter) => inOrder(adapter, nest) <= 0),
      ioredis,
    },
  });
  const releases = lists[0].filter((version) => lists.every((list) => list.includes(version)));
  const newest = (line) => releases.findLast((version) => version.startsWith(line));
  const line12 = releases.filter((version) => version.startsWith('12.0.'));
  const [ioredis5, ioredis6] = peerDependencies.ioredis.split(' || ');
  return {
    lowest: lowestPeers(),
    oldest11: peersOf(OLDEST_NEST, ioredis5),
    fastify11: peersOf(OLDEST_FASTIFY, ioredis5),
    newest11: peersOf(newest('11.'), ioredis5),
    first12: peersOf(await firstInstallable(line12), ioredis6),
    newest12: peersOf(newest('12.'), ioredis6),
  };
}

/** Nest 12.0.0 asks for Nest 11 beside it, by mistake, and so npm refuses to install it. */
async function firstInstallable(versions) {
  for (const version of versions) {
    const view = await npm(['view', `@nestjs/core@${version}`, 'peerDependencies', '--json']);
    const [major] = version.split('.');
    if (JSON.parse(view)['@nestjs/common'].startsWith(`^${major}.`)) return version;
  }
  throw new Error(`None of Nest ${versions.join(', ')} can be installed.`);
}

/** The released versions of a package, oldest first. */
async function releasesOf(name) {
  const versions = JSON.parse(await npm(['view', name, 'versions', '--json']));
  return versions.filter((version) => !version.includes('-')).toSorted(inOrder);
}

function inOrder(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The lowest version that each range in package.json allows, all at once. */
function lowestPeers() {
  const lowest = Object.entries(peerDependencies).map(([name, range]) => [name, lowestOf(range)]);
  return {
    nest: OLDEST_NEST,
    hasFastify: false,
    dependencies: {
      ...Object.fromEntries(lowest),
      ...nestPackages(OLDEST_NEST),
      [FASTIFY_ADAPTER]: OLDEST_NEST,
    },
  };
}

function nestPackages(nest) {
  return Object.fromEntries(NEST_PACKAGES.map((name) => [name, nest]));
}
