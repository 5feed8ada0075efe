export * from './bootstrap';
export * from './origins';
