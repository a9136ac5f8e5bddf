import { schemaSql, SqlSessionStore } from 'nestjs-sesame/sql';
import { serveSesame } from '../sesame.mjs';
import { connectToPostgres } from '../settings.mjs';

const client = connectToPostgres();
await client.query(schemaSql('postgres'));

await serveSesame(new SqlSessionStore({ client }));
