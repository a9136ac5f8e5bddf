import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

/** How an application might compile, unlike this repository. */
const CONSUMER: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    'nestjs-sesame': [join(root, 'dist/esm/index.d.ts')],
    'nestjs-sesame/redis': [join(root, 'dist/esm/redis.d.ts')],
  },
};

const parsed = new Map<string, ts.SourceFile | undefined>();

/** The compiler, which parses only once what the programs of this file share. */
function compilerHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version, ...more) => {
    if (!name.includes('/node_modules/')) return getSourceFile(name, version, ...more);
    const key = JSON.stringify([name, version]);
    if (!parsed.has(key)) parsed.set(key, getSourceFile(name, version, ...more));
    return parsed.get(key);
  };
  return host;
}

/** The files that the package's names come from. */
const ENTRIES = ['index', 'redis', 'sql', 'testing'];

/** The declarations as published, by the paths they would have; nothing is written. */
function publishedDeclarations(): ReadonlyMap<string, string> {
  const declarations = new Map<string, string>();
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (name) =>
    ts.sys.readFile(name),
  );
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    ENTRIES.map((entry) => join(root, `lib/${entry}.ts`)),
    {
      ...options,
      noEmit: false,
      emitDeclarationOnly: true,
      rootDir: join(root, 'lib'),
      outDir: join(root, 'dist/esm'),
    },
    compilerHost(options),
  );
  program.emit(undefined, (name, text) => declarations.set(name, text));
  return declarations;
}

const declarations = publishedDeclarations();

interface Finding {
  readonly code: number;
  readonly line: number;
  readonly message: string;
}

function isPublished(name: string): boolean {
  return name.startsWith(join(root, 'dist/'));
}

/** A program of this file, with this text in it, that uses the published declarations. */
function consumer(file: string, text: string, options: ts.CompilerOptions): ts.Program {
  const host = compilerHost(options);
  const { fileExists, readFile } = host;
  host.readFile = (name) => {
    if (name === file) return text;
    return isPublished(name) ? declarations.get(name) : readFile(name);
  };
  host.fileExists = (name) => (isPublished(name) ? declarations.has(name) : fileExists(name));
  host.directoryExists = () => true;
  return ts.createProgram([file], options, host);
}

const reports = new Map<string, Finding[]>();

/** What the compiler finds wrong with this text in place of the file of this name. */
function findings(file: string, text: string, options: ts.CompilerOptions): Finding[] {
  const key = JSON.stringify([file, text, options]);
  const known = reports.get(key);
  if (known !== undefined) return known;
  const program = consumer(file, text, options);
  const fresh = ts.getPreEmitDiagnostics(program).map(findingOf);
  reports.set(key, fresh);
  return fresh;
}

function findingOf({ code, file, start, messageText }: ts.Diagnostic): Finding {
  const isPlaced = file !== undefined && start !== undefined;
  return {
    code,
    line: isPlaced ? file.getLineAndCharacterOfPosition(start).line + 1 : 0,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  };
}

function textOf(file: string): string {
  const text = ts.sys.readFile(file);
  if (text === undefined) throw new Error(`${file} is not there`);
  return text;
}

/** The same text, in which every expectation of an error is a plain comment. */
function withoutExpectations(text: string): string {
  return text.replaceAll('@ts-expect-error', 'expects:');
}

/** The lines that are expected not to compile. */
function expectedLines(text: string): number[] {
  return text
    .split('\n')
    .flatMap((line, index) => (line.includes('@ts-expect-error') ? [index + 2] : []));
}

const MODES: [string, ts.CompilerOptions][] = [
  ['a strict consumer', CONSUMER],
  ['a consumer with exactOptionalPropertyTypes', { ...CONSUMER, exactOptionalPropertyTypes: true }],
];
const FILES = ['session-data.ts', 'module-options.ts', 'redis-clients.ts'];
const PATIENCE = 60_000;

describe.each(MODES)('for %s', (_who, options) => {
  it.each(FILES)(
    '%s has the types it should have',
    (name) => {
      const file = join(here, name);
      expect(findings(file, textOf(file), options)).toEqual([]);
    },
    PATIENCE,
  );

  it.each(FILES)(
    '%s has every error it should have, and they are about types',
    (name) => {
      const file = join(here, name);
      const text = textOf(file);
      const found = findings(file, withoutExpectations(text), options);
      expect([...new Set(found.map(({ line }) => line))]).toEqual(expectedLines(text));
      const SEMANTIC = /^2\d{3}$/;
      expect(found.filter(({ code }) => !SEMANTIC.test(String(code)))).toEqual([]);
    },
    PATIENCE,
  );
});

describe('the published declarations', () => {
  it(
    'compile by themselves, even without skipLibCheck',
    () => {
      const file = join(here, 'module-options.ts');
      const program = consumer(file, textOf(file), { ...CONSUMER, skipLibCheck: false });
      const found = [...declarations.keys()].flatMap((name) => {
        const source = program.getSourceFile(name);
        return source === undefined ? [] : program.getSemanticDiagnostics(source).map(findingOf);
      });
      expect(program.getSourceFile(join(root, 'dist/esm/index.d.ts'))).toBeDefined();
      expect(found).toEqual([]);
    },
    PATIENCE,
  );
});

describe('the types of every entry', () => {
  const { ESNext, CommonJS } = ts.ModuleKind;
  const { NodeNext, Node16, Bundler, Node10 } = ts.ModuleResolutionKind;
  const resolutions: [string, ts.ModuleResolutionKind, ts.ResolutionMode, string][] = [
    ['NodeNext, from an ES module', NodeNext, ESNext, 'esm'],
    ['NodeNext, from CommonJS', NodeNext, CommonJS, 'cjs'],
    ['Node16, from an ES module', Node16, ESNext, 'esm'],
    ['Node16, from CommonJS', Node16, CommonJS, 'cjs'],
    ['Bundler', Bundler, undefined, 'esm'],
    // How CommonJS applications that began with an older Nest compile; it does not know "exports".
    ['Node10', Node10, undefined, 'cjs'],
  ];

  it.each(resolutions)('are found by %s', (_name, moduleResolution, mode, format) => {
    const folder = mkdtempSync(join(tmpdir(), 'sesame-types-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/nestjs-sesame'), 'junction');
    const options = { moduleResolution };
    const found = ENTRIES.map((entry) => {
      const name = entry === 'index' ? 'nestjs-sesame' : `nestjs-sesame/${entry}`;
      const from = join(folder, 'app.ts');
      const answer = ts.resolveModuleName(name, from, options, ts.sys, undefined, undefined, mode);
      return answer.resolvedModule?.resolvedFileName;
    });
    rmSync(folder, { recursive: true });
    expect(found).toEqual(ENTRIES.map((entry) => join(root, 'dist', format, `${entry}.d.ts`)));
  });
});

describe('an editor', () => {
  it.each(ENTRIES)(
    'has documentation to show for every name in %s',
    (entry) => {
      const file = join(here, 'module-options.ts');
      const program = consumer(file, `import '../../dist/esm/${entry}.js';`, CONSUMER);
      expect(namesWithoutWords(program, join(root, `dist/esm/${entry}.d.ts`))).toEqual([]);
    },
    PATIENCE,
  );
});

describe('hovering', () => {
  const file = join(here, 'module-options.ts');
  const text = textOf(file);
  const opened = editor(file, text);

  it.each([
    [
      'forRoot',
      'SessionModule.forRoot(options: SessionModuleOptions & SessionModuleExtras): DynamicModule',
    ],
    [
      'createSessionMiddleware',
      'createSessionMiddleware(options: SessionOptions): SessionMiddleware',
    ],
  ])(
    '%s shows its options by name',
    (name, signature) => {
      const info = opened.getQuickInfoAtPosition(file, text.lastIndexOf(`${name}({`));
      const shown = ts.displayPartsToString(info?.displayParts).replaceAll(/\s+/g, ' ');
      expect(shown).toContain(signature);
      expect(info?.documentation).not.toEqual([]);
    },
    PATIENCE,
  );

  it(
    'an option shows what it is for',
    () => {
      const info = opened.getQuickInfoAtPosition(file, text.indexOf('touchInterval: 0'));
      expect(ts.displayPartsToString(info?.documentation)).toContain('The shortest time between');
    },
    PATIENCE,
  );
});

/** An editor that has this file open. */
function editor(file: string, text: string): ts.LanguageService {
  const host = ts.createCompilerHost(CONSUMER);
  const readFile = (name: string): string | undefined => {
    if (name === file) return text;
    return isPublished(name) ? declarations.get(name) : host.readFile(name);
  };
  return ts.createLanguageService({
    ...host,
    readFile,
    fileExists: (name) => (isPublished(name) ? declarations.has(name) : host.fileExists(name)),
    directoryExists: () => true,
    writeFile: () => undefined,
    getCompilationSettings: () => CONSUMER,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const found = readFile(name);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  });
}

/** What an application can reach by the names that this file exports, but finds no documentation for. */
function namesWithoutWords(program: ts.Program, file: string): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const exporting = source && checker.getSymbolAtLocation(source);
  if (exporting === undefined) throw new Error(`${file} exports nothing`);
  const isOurs = (symbol: ts.Symbol): boolean =>
    symbol.declarations === undefined ||
    symbol.declarations.some(
      (one) =>
        isPublished(one.getSourceFile().fileName) &&
        (ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Private) === 0,
    );
  return checker.getExportsOfModule(exporting).flatMap((exported) => {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    if (!isOurs(symbol)) return [];
    const parts = checker.getDeclaredTypeOfSymbol(symbol).getProperties().filter(isOurs);
    return [symbol, ...parts]
      .filter((one) => one.getDocumentationComment(checker).length === 0)
      .map((one) => (one === symbol ? symbol.name : `${symbol.name}.${one.name}`));
  });
}

describe('the compiler', () => {
  const file = join(here, 'session-data.ts');
  const typo = 'session.typedCrat';

  it(
    'reports a typo, and what was meant',
    () => {
      const text = textOf(file);
      const line = text.split('\n').findIndex((one) => one.trim().startsWith(typo)) + 1;
      const found = findings(file, withoutExpectations(text), CONSUMER);
      expect(found.find((finding) => finding.line === line)).toEqual({
        code: 2551,
        line,
        message: expect.stringContaining("Did you mean 'typedCart'?"),
      });
    },
    PATIENCE,
  );

  it(
    'reports a typo in what a factory returns',
    () => {
      const name = join(here, 'module-options.ts');
      const text = withoutExpectations(textOf(name));
      const messages = findings(name, text, CONSUMER).map(({ message }) => message);
      for (const typo of ['idleTimout', 'rollign', 'samesite', 'isGlobal']) {
        expect(messages.join('\n')).toContain(`"${typo} is not an option"`);
      }
    },
    PATIENCE,
  );

  it(
    'reports an expected error that is missing',
    () => {
      const text = textOf(file).replace(typo, 'session.typedCart');
      expect(findings(file, text, CONSUMER).map(({ code }) => code)).toEqual([2578]);
    },
    PATIENCE,
  );
});
