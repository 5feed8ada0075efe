/**
 * A bus between the instances of an application, over Redis.
 *
 * @module nestjs-cors/redis
 */
export {
  RedisCorsBus,
  type IoRedisClient,
  type NodeRedisClient,
  type RedisCorsBusOptions,
} from './nest/stores/redis-bus.js';
