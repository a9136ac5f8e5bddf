// docs/compatibility.md, as the run found it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format as prettify, resolveConfig } from 'prettier';
import { root } from '../prepare.mjs';
import { hasPassed } from './combination.mjs';
import { FORMATS, versionOf } from './installation.mjs';
import { OLDEST_FASTIFY } from './versions.mjs';

const PAGE = join(root, 'docs/compatibility.md');
const SETTINGS = new URL('app/tsconfig.json', import.meta.url);
const COMPANIONS = [
  '@nestjs/platform-fastify',
  'fastify',
  'express-session',
  'ioredis',
  'connect-redis',
  'reflect-metadata',
  'rxjs',
  '@types/express-session',
  '@types/node',
];

export async function writePage(run) {
  const text = [
    '# Compatibility',
    summary(run),
    '## Result',
    resultTable(run),
    lowestLine(run),
    failureList(run),
    remarkList(run),
    '## Test runners, builders and bundlers',
    toolTable(run),
    '## What was run',
    flowText(run),
    '## Compiler settings',
    settingsText(),
    '## What was installed',
    companionTable(run),
  ].join('\n\n');
  const options = await resolveConfig(PAGE);
  writeFileSync(PAGE, await prettify(text, { ...options, filepath: PAGE }));
}

function summary({ results }) {
  const { name, version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const date = new Date().toISOString().slice(0, 10);
  const passed = results.filter(hasPassed).length;
  return `\`node scripts/compatibility.mjs\` wrote this page on ${date}. It packs the project as \`npm publish\` would, installs the package (${name} ${version}) in a small application, and runs that application with each version of Node and Nest. ${passed} of ${results.length} combinations passed.`;
}

function resultTable({ results, nodes, installations, lowest }) {
  const columns = installations.filter(({ peers }) => peers !== lowest);
  const rows = nodes.map((node) => [
    `Node ${node.version}`,
    ...columns.map((installation) => cell(results, node, installation)),
  ]);
  const head = ['', ...columns.map(({ peers }) => `Nest ${peers.nest}`)];
  return `${table(head, rows)}

The columns are the oldest Nest that Sesame supports, the oldest whose adapter of Fastify it supports, the newest 11, the first 12.0 and the newest 12. Each ran on Express and on Fastify. Before ${OLDEST_FASTIFY} it ran on Express only, and the error at boot on Fastify was seen, which says what to install. Nest 12.0.0 itself cannot be installed: its \`@nestjs/core\` asks for \`@nestjs/common\` 11 as a peer.`;
}

function cell(results, node, installation) {
  return results
    .filter((result) => result.node === node && result.installation === installation)
    .map((result) => `${result.format.name} ${hasPassed(result) ? 'pass' : '**fail**'}`)
    .join(', ');
}

/** With the lowest version of every peer dependency at once. */
function lowestLine({ results, nodes: [oldest], installations, lowest }) {
  const installation = installations.find(({ peers }) => peers === lowest);
  return `With the lowest version of every peer dependency at once, Node ${oldest.version}: ${cell(results, oldest, installation)}. The last column of [What was installed](#what-was-installed) has the versions.`;
}

function failureList({ results, installations }) {
  const types = installations.flatMap(({ peers, objections }) =>
    FORMATS.filter(({ type }) => objections[type] !== undefined).map(({ name, type }) =>
      entry(`Types, Nest ${peers.nest}, ${name}`, objections[type]),
    ),
  );
  const runs = results.flatMap((result) =>
    result.failures.map((failure) => entry(title(result), failure)),
  );
  const entries = [...types, ...runs];
  return entries.length === 0 ? '' : ['## Failures', ...entries].join('\n\n');
}

function remarkList({ results }) {
  const talkative = results.filter(({ remarks }) => remarks !== '');
  if (talkative.length === 0) return 'No application printed a warning.';
  const entries = talkative.map((result) => entry(title(result), result.remarks));
  return ['## Warnings that were printed', ...entries].join('\n\n');
}

function toolTable({ tools }) {
  const rows = tools.map(({ line, name, failure }) => [
    `Nest ${line}`,
    name,
    failure === undefined ? 'pass' : '**fail**',
  ]);
  const failures = tools
    .filter(({ failure }) => failure !== undefined)
    .map(({ line, name, failure }) => entry(`Nest ${line}, ${name}`, failure));
  return [
    'Each version of the Nest CLI generates a project, and the [five minutes of the README](../README.md#five-minutes) are pasted into it. Its own tests run, with only their assertions changed. The output of each builder and bundler is started, and used as in the README.',
    table(['project', 'tool', ''], rows),
    ...failures,
  ].join('\n\n');
}

function title({ node, installation, format }) {
  return `Node ${node.version}, Nest ${installation.peers.nest}, ${format.name}`;
}

function entry(heading, text) {
  return `${heading}:\n\n\`\`\`text\n${text}\n\`\`\``;
}

function flowText({ redis }) {
  const stores =
    redis === undefined
      ? 'It ran on the memory store only, on Express and on Fastify, since no `redis-server` was found. `nestjs-sesame/redis` was still imported.'
      : `It ran on the memory store, and on a real Redis ${redis.version} through \`nestjs-sesame/redis\`: once with a URL, once with the application's own ioredis client. On Fastify it ran on the memory store: [stores know no platform](fastify.md).\n\nThe tests of the repository run on clients of node-redis, too: versions 4, 5 and 6 of the npm package \`redis\`.`;
  return `The application is [this one](../scripts/compatibility/app/src). The same source is compiled twice: with \`"type": "module"\` in its package.json, and with \`"type": "commonjs"\`. As CommonJS it loads Sesame with \`require()\`, which gets the ES modules from Node. It loads Nest 12, which is ESM-only, in the same way; Nest 11 is CommonJS.

[The flow](../scripts/compatibility/flow.mjs) runs over HTTP, with two browsers:

1. A visitor fills a cart. The guard answers 401, reason \`anonymous\`.
2. \`SessionService.login()\`: the id changes, the cart is kept, the guard lets the user in. The former id no longer works.
3. The same user signs in from a second browser. The device list shows both, and which one is current.
4. The first browser ends the session of the second. The second gets 401, reason \`revoked\`.
5. A page of another origin sends a form with the first browser's cookie, and one that signs in from a third browser. Both get 403, reason \`cross-origin\`.
6. \`SessionService.logout()\`: the cookie is cleared, the guard answers 401. Sent again, the old cookie gets 401, reason \`expired\`.
7. The applications close, and the process ends by itself.

${stores}`;
}

function settingsText() {
  const typescript = versionOf(root, 'typescript');
  return `TypeScript ${typescript}, for both formats. \`skipLibCheck\` is off, so the types of Sesame and Nest are checked, too. For CommonJS, \`"module": "Node20"\` also works, or \`"CommonJS"\` with \`"moduleResolution": "node"\`; with \`Node16\` TypeScript refuses to \`require()\` Nest 12.

\`\`\`json
${readFileSync(SETTINGS, 'utf8')}
\`\`\``;
}

function companionTable({ installations, lowest }) {
  const columns = installations.map(({ peers }) =>
    peers === lowest ? `Nest ${peers.nest}, lowest peers` : `Nest ${peers.nest}`,
  );
  const rows = COMPANIONS.map((name) =>
    [name].concat(installations.map(({ folder }) => versionOf(folder, name))),
  );
  return table(['', ...columns], rows);
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
