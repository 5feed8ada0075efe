import { readFileSync } from 'node:fs';

/** What runs in every page, and the page around it. */
export const PAGE_SCRIPT = readFileSync(new URL('../page/scenario-runner.js', import.meta.url), 'utf8');

export const PAGE_HTML =
  '<!doctype html><meta charset="utf-8"><title>page</title><script src="/scenario-runner.js"></script>';
