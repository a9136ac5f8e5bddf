// The names that each entry has for require(), and whether import finds the same copy.
const index = require('nestjs-sesame');
const redis = require('nestjs-sesame/redis');
const sql = require('nestjs-sesame/sql');
const testing = require('nestjs-sesame/testing');

async function compare() {
  const imported = [
    await import('nestjs-sesame'),
    await import('nestjs-sesame/redis'),
    await import('nestjs-sesame/sql'),
    await import('nestjs-sesame/testing'),
  ];
  console.log(
    JSON.stringify({
      names: [index, redis, sql, testing].map(namesOf),
      importedNames: imported.map(namesOf),
      isSame: imported[0].SessionModule === index.SessionModule,
    }),
  );
}

/** Without what `import` adds to a CommonJS module. */
function namesOf({ default: _whole, 'module.exports': _same, __esModule: _mark, ...names }) {
  return Object.keys(names).toSorted();
}

compare();
