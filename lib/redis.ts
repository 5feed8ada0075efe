export {
  RedisCorsBus,
  type IoRedisClient,
  type NodeRedisClient,
  type RedisCorsBusOptions,
} from './nest/stores/redis-bus.js';
