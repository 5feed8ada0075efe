export { CorsInspectorModule } from './inspector.module.js';
export type { CorsInspectorOptions } from './inspector.options.js';
