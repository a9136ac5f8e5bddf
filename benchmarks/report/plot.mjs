// The session cost of each application, route by route, as bars: an SVG for light and dark mode.
import { appNamed, isSesame, lineUp } from '../harness/apps.mjs';
import { isMain } from '../harness/cells.mjs';
import { ROUTES } from '../harness/routes.mjs';

const WIDTH = 890;
const LEFT = 280;
const RIGHT = 80;
const BAR = 16;
const STEP = 22;
const TITLE = 34;
const LEFT_OUT = new Set(['nest-als', 'fastify-session', 'sesame-guard']);

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .route { font-weight: 600; }
  .bar { fill: #8c959f; }
  .peer { fill: #bf5b04; }
  .sesame { fill: #0a7d5c; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .bar { fill: #6e7681; }
    .peer { fill: #f0883e; }
    .sesame { fill: #3fb68b; }
  }`;

export function plot(lines) {
  const shown = lines.filter(
    (line) => isMain(line) && line.app !== lineUp.baseline && !LEFT_OUT.has(line.app),
  );
  const longest = Math.max(1, ...shown.map(({ cost }) => cost ?? 0));
  const scale = (WIDTH - LEFT - RIGHT) / longest;
  const parts = [];
  let y = 30;
  for (const route of new Set(shown.map((line) => line.route))) {
    parts.push(`<text class="route" x="0" y="${y + 14}">${ROUTES[route].title}</text>`);
    y += TITLE - 10;
    for (const line of shown.filter((one) => one.route === route)) {
      parts.push(bar(line, y, scale));
      y += STEP;
    }
    y += TITLE - STEP + 4;
  }
  const title = `Session cost: CPU µs per request above ${lineUp.titles.baseline}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${title}">
<style>${STYLE}
</style>
<text class="route" x="0" y="14">${title} (less is better)</text>
${parts.join('\n')}
</svg>
`;
}

function bar({ app, cost = 0 }, y, scale) {
  const width = Math.max(1, cost * scale).toFixed(1);
  const baseline = y + BAR - 4;
  return [
    `<text x="${LEFT - 8}" y="${baseline}" text-anchor="end">${appNamed(app).title}</text>`,
    `<rect class="${kindOf(app)}" x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
    `<text x="${(LEFT + Number(width) + 6).toFixed(1)}" y="${baseline}">${cost.toFixed(0)}</text>`,
  ].join('');
}

function kindOf(app) {
  if (app === lineUp.peer) return 'peer';
  return isSesame(appNamed(app)) ? 'sesame' : 'bar';
}
