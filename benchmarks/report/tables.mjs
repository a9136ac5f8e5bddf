// The tables of the report, in Markdown.
import { appNamed, lineUp } from '../harness/apps.mjs';
import { isMain, MAIN_CONNECTIONS, MAIN_SIZE } from '../harness/cells.mjs';
import { ROUTES } from '../harness/routes.mjs';

const head = () => [
  'application',
  'CPU µs',
  'session cost µs',
  `of ${lineUp.titles.peer}`,
  'requests/s',
  'p50 ms',
  'p99 ms',
  'Redis commands',
  'Redis bytes',
  'RSS MB',
];

export function mainTables(lines) {
  const main = lines.filter(isMain);
  return [...new Set(main.map(({ route }) => route))]
    .map((route) => {
      const rows = main.filter((line) => line.route === route);
      const title = `## ${ROUTES[route].title}`;
      const table = tableOf(
        head(),
        rows.map((line) => [appNamed(line.app).title].concat(figures(line))),
      );
      return `${title}\n\n${MAIN_SIZE} bytes, ${MAIN_CONNECTIONS} connections.\n\n${table}`;
    })
    .join('\n\n');
}

export function sizeTable(lines) {
  const swept = lines.filter(({ part }) => part === 'sizes');
  if (swept.length === 0) return '';
  const heads = ['route', 'bytes', 'attributes', 'connections', ...head()];
  const rows = swept.map((line) => {
    const { route, size, attributes = '', connections, app } = line;
    const shape = [route, size === 0 ? 'any' : size, attributes, connections];
    return [...shape, appNamed(app).title, ...figures(line)];
  });
  const text = `In five attributes unless stated otherwise; ${roundsOf(swept)}.`;
  return `## Sizes and connections\n\n${text}\n\n${tableOf(heads, rows)}`;
}

export function targetTable(targets) {
  if (targets.length === 0) return '';
  const rows = targets.map(({ name, bound, target, measured, isMet }) => [
    name,
    `${bound} ${target}`,
    measured.toFixed(2),
    isMet ? 'met' : '**missed**',
  ]);
  const heads = [appNamed(lineUp.subject).title, 'target', 'measured', ''];
  return `## Targets\n\n${tableOf(heads, rows)}`;
}

export function storedTable(results) {
  const heads = ['application', 'route', 'sessions in Redis', 'CPU µs', 'requests/s', 'p99 ms'];
  const rows = results.flatMap(({ count, lines }) =>
    lines.map(({ app, route, cpu, rps, p99 }) => [
      appNamed(app).title,
      route,
      count.toLocaleString('en'),
      fixed(cpu, 0),
      fixed(rps, 0),
      fixed(p99, 1),
    ]),
  );
  const ordered = rows.toSorted((a, b) => `${a[1]}${a[0]}`.localeCompare(`${b[1]}${b[0]}`));
  return `# The cost of a request, by sessions in Redis\n\n${tableOf(heads, ordered)}\n`;
}

function figures(line) {
  return [
    fixed(line.cpu, 0),
    fixed(line.cost, 0),
    fixed(line.costRatio, 2),
    fixed(line.rps, 0),
    fixed(line.p50, 1),
    fixed(line.p99, 1),
    fixed(line.commands, 2),
    fixed(line.bytes, 0),
    fixed(line.rss / 1_048_576, 0),
  ];
}

/** The fewest rounds of any of these lines. */
export function roundsOf(lines) {
  return `medians of ${Math.min(...lines.map(({ rounds }) => rounds))} rounds`;
}

export function fixed(value, digits) {
  return value === undefined ? '' : value.toFixed(digits);
}

export function tableOf(heads, rows) {
  const alignment = heads.map((_, index) => (index === 0 ? '---' : '---:'));
  return [heads, alignment, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
