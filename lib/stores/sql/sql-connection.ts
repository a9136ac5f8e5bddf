// Not the global one: an application's tests may have replaced it by fake timers.
import { setTimeout as pause } from 'node:timers/promises';
import { brand } from '../../copies/brand.js';
import { Patience, USUAL_PATIENCE } from './patience.js';
import type {
  RunStatement,
  RunTransaction,
  SqlAnswer,
  SqlDatabase,
  SqlDialect,
  SqlValue,
} from './sql-database.js';
import { isAnswerLost, isSqlError } from './sql-errors.js';

/** How often to try what meets a deadlock, in total; the pauses between grow up to this, in milliseconds. */
const MOST_ATTEMPTS = 10;
const LONGEST_PAUSE = 50;

/** The database of a store. It tries again when others were in the way, and names missing tables. */
export class SqlConnection {
  readonly dialect: SqlDialect;
  /** Runs statements in one transaction; starts over when others were in the way. */
  readonly transaction: RunTransaction | undefined;
  /** How long a caller waits for an answer, in milliseconds. */
  patience = USUAL_PATIENCE;

  constructor(private readonly database: SqlDatabase) {
    const { dialect, transaction } = database;
    this.dialect = dialect;
    this.transaction =
      transaction &&
      ((work) => this.patiently((patience) => transaction(wanted(work, patience), patience)));
  }

  /** Runs one statement. */
  run(text: string, values: readonly SqlValue[]): Promise<SqlAnswer> {
    return this.patiently((patience) => this.database.run(text, values, patience));
  }

  /** True if what failed with this error may have been done all the same. */
  isAnswerLost(error: unknown): boolean {
    return isAnswerLost(error, this.dialect);
  }

  async close(): Promise<void> {
    await this.database.close?.();
  }

  private async patiently<T>(work: (patience: Patience) => Promise<T>): Promise<T> {
    const patience = new Patience(this.patience);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(patience);
      } catch (error) {
        if (isSqlError(error, this.dialect, 'missing')) throw missingTables(this.dialect, error);
        const isOver = attempt === MOST_ATTEMPTS || patience.isOver;
        if (isOver || !isSqlError(error, this.dialect, 'inTheWay')) throw error;
      }
      await pause(Math.random() * Math.min(LONGEST_PAUSE, 2 ** attempt));
    }
  }
}

/** Returns the same work, which is undone if nobody waits for it any more, since its request was refused. */
function wanted<T>(
  work: (run: RunStatement) => Promise<T>,
  patience: Patience,
): (run: RunStatement) => Promise<T> {
  return async (run) => {
    const result = await work(async (text, values) => {
      patience.demand();
      return run(text, values);
    });
    patience.demand();
    return result;
  };
}

/** Counts the rows that a statement changed: those it returned, or else what the client says. */
export function changesIn({ rows, affected }: SqlAnswer): number {
  return rows.length > 0 ? rows.length : (affected ?? 0);
}

/** Something is wrong with the schema, so that no call can succeed. */
export class SqlSchemaError extends Error {
  static {
    brand(this, 'SqlSchemaError');
  }

  /** Tells it from other errors. */
  override readonly name = 'SqlSchemaError';
}

function missingTables(dialect: SqlDialect, cause: unknown): SqlSchemaError {
  return new SqlSchemaError(
    `The tables of SqlSessionStore are not there, or under another prefix or schema. Run what this prints in your database, with its prefix and schema if they are not the default: npx nestjs-sesame sql ${dialect}.`,
    { cause },
  );
}
