import type { CorsCase } from './cors-case.js';
import { originCases } from './origin.cases.js';
import { preflightCases } from './preflight.cases.js';
import { requestCases } from './request.cases.js';
import { seedCases } from './seed.cases.js';

/** The shared corpus: policy × request × outcome. */
export const policyCases: readonly CorsCase[] = [...seedCases, ...originCases, ...requestCases, ...preflightCases];
