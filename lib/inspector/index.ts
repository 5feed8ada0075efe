/**
 * A page of the running application.
 *
 * @module nestjs-cors/inspector
 */
export { CorsInspectorModule } from './inspector.module.js';
export type { CorsInspectorOptions } from './inspector.options.js';
