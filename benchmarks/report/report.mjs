// Writes what was measured as results/node-<version>.json, .md and .svg, and prints the tables.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { lineUp } from '../harness/apps.mjs';
import { isMain } from '../harness/cells.mjs';
import { compareWithTargets } from '../harness/targets.mjs';
import { busyTable, loneTable, sealedTable } from './case-tables.mjs';
import { plot } from './plot.mjs';
import { mainTables, roundsOf, sizeTable, storedTable, targetTable } from './tables.mjs';

const folder = fileURLToPath(new URL('../results', import.meta.url));

export async function writeReport({ lines, left, isPartial }) {
  const targets = compareWithTargets(lines);
  // A run of a few cases is for whoever works on them, and does not replace the full results.
  const version = `node-${process.versions.node.split('.')[0]}`;
  const whole = lineUp.name === 'express' ? version : `${lineUp.name}-${version}`;
  const name = isPartial ? 'partial' : whole;
  const markdown = page(lines, targets, left, `${name}.svg`);
  const text = await format(markdown, { parser: 'markdown', printWidth: 100 });
  console.log(`\n${text}`);
  const data = JSON.stringify({ ...machine(), at: new Date(), lines, targets, left });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.json`, await format(data, { parser: 'json', printWidth: 100 }));
  writeFileSync(`${folder}/${name}.md`, text);
  writeFileSync(`${folder}/${name}.svg`, plot(lines));
  console.log(`Written to benchmarks/results/${name}.md, .json and .svg`);
}

/** The cost of a request next to the number of sessions that Redis holds. */
export async function writeStored(results) {
  const text = await format(storedTable(results), { parser: 'markdown', printWidth: 100 });
  console.log(`\n${text}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/stored.md`, text);
  console.log('Written to benchmarks/results/stored.md');
}

function page(lines, targets, left, picture) {
  const { node, cpu, cores } = machine();
  const tables = lines.filter(isMain);
  const rounds = tables.length === 0 ? '' : ` The main tables are ${roundsOf(tables)}.`;
  return `# What a session costs

Node ${node}, ${cores} × ${cpu}; Redis, load and application share the machine. Interleaved rounds, in three starts of everything, ${new Date().toISOString().slice(0, 10)}.${rounds} CPU is that of the server process, per request. The session cost is the CPU above the same route of ${lineUp.titles.baseline}.

![Session cost per route](${picture})

${mainTables(lines)}

${sealedTable(lines)}

${loneTable(lines)}

${busyTable(lines)}

${sizeTable(lines)}

${targetTable(targets)}

${left.map(({ name, why }) => `Left out: ${name}. ${why.split('\n')[0]}`).join('\n\n')}
`;
}

function machine() {
  const [{ model }] = cpus();
  return { node: process.versions.node, cpu: model.trim(), cores: cpus().length };
}
