// Whether the packed package works with every Node and Nest that it says it works with.
//   node scripts/compatibility.mjs          every combination; writes docs/compatibility.md
//   node scripts/compatibility.mjs --ends   the ends of each range only; writes nothing
//   node scripts/compatibility.mjs --tools  only test runners, builders and bundlers; writes nothing
//   ... --package=<path>                    with this tarball, instead of one made for this run
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkCombination, hasPassed } from './compatibility/combination.mjs';
import { allOf, inTurns, npm } from './compatibility/command.mjs';
import { FORMATS, compileApp, installApp } from './compatibility/installation.mjs';
import { writePage } from './compatibility/page.mjs';
import { startRedis } from './compatibility/redis.mjs';
import { checkTools } from './compatibility/tools.mjs';
import { fetchNode, nodeVersions, peerSets } from './compatibility/versions.mjs';
import { install, requireNode, root } from './prepare.mjs';

const AT_ONCE = 2;
const isEndsOnly = process.argv.includes('--ends');
const isToolsOnly = process.argv.includes('--tools');
const PACKAGE = '--package=';
const given = process.argv.find((one) => one.startsWith(PACKAGE))?.slice(PACKAGE.length);

requireNode();
install();

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sesame-compatibility-')));
try {
  const tarball = given === undefined ? await pack() : resolve(given);
  const run = isToolsOnly ? { results: [] } : await checkVersions(tarball);
  const tools = isEndsOnly ? [] : await checkTools(folder, tarball, reportTool);
  const passed = run.results.filter(hasPassed).length + tools.filter(isFine).length;
  const failed = run.results.length + tools.length - passed;
  console.log(`${passed} passed, ${failed} failed`);
  if (!isEndsOnly && !isToolsOnly) await writePage({ ...run, tools });
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Every version of Node with every version of Nest. */
async function checkVersions(tarball) {
  const wantedNodes = isEndsOnly ? [nodeVersions[0], nodeVersions.at(-1)] : nodeVersions;
  console.log(
    `Compatibility: fetches Node ${wantedNodes.join(', ')} and ${isEndsOnly ? 'two versions' : 'five versions'} of Nest from the npm registry into the npm cache and a temporary folder, and runs a small ESM and a small CommonJS application with each.`,
  );
  const redis = await startRedis();
  if (redis === undefined) console.log('No redis-server found: only the memory store is checked.');
  try {
    const [nodes, { lowest, ...ordinary }] = await allOf([
      inTurns(wantedNodes, AT_ONCE, fetchNode),
      peerSets(),
    ]);
    const sets = isEndsOnly ? [lowest, ordinary.newest12] : [...Object.values(ordinary), lowest];
    const installations = await inTurns([...sets.entries()], AT_ONCE, async ([index, peers]) =>
      prepare(join(folder, String(index)), tarball, peers),
    );
    const results = await inTurns(combinations(nodes, installations, lowest), AT_ONCE, (one) =>
      checkCombination(...one, redis).then(report),
    );
    return { results, nodes, installations, lowest, redis };
  } finally {
    await redis?.stop();
  }
}

/** Builds the project and packs it, as `npm publish` would. */
async function pack() {
  await npm(['pack', '--pack-destination', folder], { cwd: root });
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
}

async function prepare(where, tarball, peers) {
  await installApp(where, tarball, peers);
  const objections = {};
  for (const format of FORMATS) {
    const found = await compileApp(where, format);
    if (found === undefined) continue;
    objections[format.type] = found;
    console.log(`FAIL  types  Nest ${peers.nest}  ${format.name}\n${indented(found)}`);
  }
  return { folder: where, peers, objections };
}

/** Every Node with every installation; with the lowest peers, the oldest Node is enough. */
function combinations(nodes, installations, lowest) {
  return installations.flatMap((installation) => {
    const chosen = installation.peers === lowest && !isEndsOnly ? nodes.slice(0, 1) : nodes;
    return chosen.flatMap((node) => FORMATS.map((format) => [node, installation, format]));
  });
}

function report(result) {
  const { node, installation, format, failures, remarks } = result;
  const verdict = hasPassed(result) ? 'pass' : 'FAIL';
  console.log(`${verdict}  Node ${node.version}  Nest ${installation.peers.nest}  ${format.name}`);
  for (const failure of failures) console.log(indented(failure));
  if (remarks !== '') console.log(indented(`It printed:\n${remarks}`));
  return result;
}

function reportTool({ line, name, failure }) {
  console.log(`${failure === undefined ? 'pass' : 'FAIL'}  Nest ${line}  ${name}`);
  if (failure !== undefined) console.log(indented(failure));
}

function isFine({ failure }) {
  return failure === undefined;
}

function indented(text) {
  return text.replace(/^/gm, '      ');
}
