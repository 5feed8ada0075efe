/**
 * A bus between the instances of an application, over PostgreSQL.
 *
 * @module nestjs-cors/postgres
 */
export { PostgresCorsBus, type PostgresCorsBusOptions } from './nest/stores/postgres-bus.js';
export type { PostgresClient, PostgresPool } from './nest/stores/postgres-connection.js';
