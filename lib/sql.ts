export { SqlSessionStore } from './stores/sql/sql-session.store.js';
export type { SqlSessionStoreOptions } from './stores/sql/sql-session.store.js';
export { SqlSchemaError } from './stores/sql/sql-connection.js';
export { schemaSql, schemaStatements, SCHEMA_VERSION } from './stores/sql/schema/sql-schema.js';
export type { SqlSchemaOptions } from './stores/sql/schema/sql-schema.js';
export type { SqlNameOptions } from './stores/sql/sql-names.js';
export type { SqlDialect } from './stores/sql/sql-database.js';
