import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every page a reader is meant to read, relative to the repository. */
export const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`),
  'benchmarks/README.md',
  'benchmarks/NOTES.md',
];

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

export interface CodeBlock {
  /** The file it says to be in its first line, as in `// src/main.ts`. */
  readonly file: string | undefined;
  readonly code: string;
}

/** The blocks of a page in one language. */
export function codeBlocks(page: string, language: string): CodeBlock[] {
  const fenced = readPage(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...fenced].flatMap(([, info, code = '']) =>
    info === language ? [{ file: /^\/\/ (\S+\.ts)\n/.exec(code)?.[1], code }] : [],
  );
}

/** The `ts` blocks of a page, by the file each says to be; the others get a name of their own. */
export function filesOf(page: string): Map<string, string> {
  const blocks = codeBlocks(page, 'ts');
  return new Map(
    blocks.map(({ file, code }, index) => [file ?? `src/block-${index + 1}.ts`, code]),
  );
}

/** The relative links of a page: `[target file, anchor]`, the file relative to the repository. */
export function relativeLinks(page: string): [string, string | undefined][] {
  const links = prose(page).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].flatMap(([, target = '']): [string, string | undefined][] => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = '', anchor] = target.split('#');
    return [[file === '' ? page : join(dirname(page), file), anchor]];
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(page: string): string[] {
  const headings = prose(page).matchAll(/^#{1,6} (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The rows of a page's tables whose first column has this heading, cell by cell. */
export function tableRows(page: string, firstColumn: string): string[][] {
  const rows: string[][] = [];
  let isWanted = false;
  for (const line of readPage(page).split('\n')) {
    if (!line.startsWith('|')) isWanted = false;
    else if (cells(line)[0] === firstColumn) isWanted = true;
    else if (isWanted && !/^[|\s:-]+$/.test(line)) rows.push(cells(line));
  }
  return rows;
}

function cells(line: string): string[] {
  const inner = line.trim().slice(1, -1);
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function prose(page: string): string {
  return readPage(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
}
