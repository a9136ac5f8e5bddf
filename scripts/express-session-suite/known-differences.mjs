import { readFileSync } from 'node:fs';

const PAGE = new URL('../../docs/differences.md', import.meta.url);

/** The first columns of the page's tables of tests. */
const HEADING = 'Test of express-session';

/** The names of the tests that Sesame does not pass, according to docs/differences.md. */
export function knownDifferences() {
  const names = [];
  let isWanted = false;
  for (const line of readFileSync(PAGE, 'utf8').split('\n')) {
    const [, cell = ''] = line.split('|').map((text) => text.trim());
    if (!line.startsWith('|')) isWanted = false;
    else if (cell === HEADING) isWanted = true;
    else if (isWanted && !/^[:-]+$/.test(cell)) names.push(cell.replaceAll('`', ''));
  }
  return names;
}

/** Where the page and the test results disagree, in lines to print. */
export function disagreements(results, known) {
  const errors = new Map(results);
  const isNews = ([name, error]) => error !== undefined && !known.includes(name);
  return [
    ...results
      .filter(isNews)
      .map(([name, error]) => `FAIL  ${name}\n${error.replace(/^/gm, '      ')}`),
    ...known
      .filter((name) => !errors.has(name))
      .map(
        (name) => `GONE  ${name}\n      docs/differences.md names this test; the suite has none.`,
      ),
    ...known
      .filter((name) => errors.has(name) && errors.get(name) === undefined)
      .map((name) => `PASS  ${name}\n      Take its row out of docs/differences.md.`),
  ];
}
