import { schemaSql, SqlSessionStore } from 'nestjs-sesame/sql';
import { serveSesame } from '../sesame.mjs';
import { connectToPostgres } from '../settings.mjs';

const client = connectToPostgres();
// With several starts on one database, the first creates the tables.
const { rows } = await client.query("SELECT to_regclass('sesame_sessions') AS sessions");
if (rows[0].sessions === null) await client.query(schemaSql('postgres'));

await serveSesame(new SqlSessionStore({ client }));
