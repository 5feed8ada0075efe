/**
 * A bus between the instances of an application, over PostgreSQL.
 *
 * @module nestjs-cors/postgres
 */
export {
  PostgresCorsBus,
  type PostgresClient,
  type PostgresCorsBusOptions,
  type PostgresPool,
} from './nest/stores/postgres-bus.js';
