import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { installLibrary } from '../support/installed-library.js';
import { root } from './markdown.js';

/** As strict as an application may be, and otherwise what `nest new` writes. */
const CONSUMER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  esModuleInterop: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
};

/**
 * A folder outside the repository in which applications find `nestjs-sesame`, as built from the
 * source that stands in `lib/` now, through its own `exports`, and everything else that is
 * installed here.
 */
export class Consumer {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'sesame-docs-')));
  private readonly sources = new Map<string, ts.SourceFile | undefined>();

  constructor() {
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'), 'junction');
    const installed = join(this.folder, 'apps/node_modules/nestjs-sesame');
    installLibrary(installed);
    writeFileSync(join(this.folder, 'apps/package.json'), '{ "type": "module" }');
  }

  /** Writes an application, and compiles it into its `dist/`. Answers what the compiler says. */
  compile(name: string, files: ReadonlyMap<string, string>): string[] {
    const app = this.appFolder(name);
    for (const [file, code] of files) {
      mkdirSync(dirname(join(app, file)), { recursive: true });
      writeFileSync(join(app, file), code);
    }
    const isAllSource = [...files.keys()].every((file) => file.startsWith('src/'));
    const options = {
      ...CONSUMER_OPTIONS,
      rootDir: isAllSource ? join(app, 'src') : app,
      outDir: join(app, 'dist'),
    };
    const names = [...files.keys()].map((file) => join(app, file));
    const program = ts.createProgram(names, options, this.host(options));
    program.emit();
    const diagnostics = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
    for (const name of names) {
      const source = program.getSourceFile(name);
      diagnostics.push(...program.getSyntacticDiagnostics(source));
      diagnostics.push(...program.getSemanticDiagnostics(source));
    }
    return diagnostics.map((diagnostic) => told(diagnostic, app));
  }

  /** Writes an application and its `dist/`, without a look at its types. */
  transpile(name: string, files: ReadonlyMap<string, string>): void {
    for (const [file, code] of files) {
      const target = join(this.appFolder(name), file.replace(/^src\//, 'dist/'));
      const compilerOptions = { ...CONSUMER_OPTIONS, module: ts.ModuleKind.ESNext };
      const { outputText } = ts.transpileModule(code, { compilerOptions, fileName: file });
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target.replace(/\.ts$/, '.js'), outputText);
    }
  }

  appFolder(name: string): string {
    return join(this.folder, 'apps', name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What several applications import is parsed once. */
  private host(options: ts.CompilerOptions): ts.CompilerHost {
    const host = ts.createCompilerHost(options);
    const parse = host.getSourceFile.bind(host);
    host.getSourceFile = (file, ...rest) => {
      if (!file.endsWith('.d.ts')) return parse(file, ...rest);
      if (!this.sources.has(file)) this.sources.set(file, parse(file, ...rest));
      return this.sources.get(file);
    };
    return host;
  }
}

function told({ file, start, messageText }: ts.Diagnostic, from: string): string {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (file === undefined || start === undefined) return text;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${relative(from, file.fileName)}:${line + 1}: ${text}`;
}
