export {
  PostgresCorsBus,
  type PostgresClient,
  type PostgresCorsBusOptions,
  type PostgresPool,
} from './nest/stores/postgres-bus.js';
