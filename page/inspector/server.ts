/** The requests of the page to its server. */
import type { ExplanationReport, PolicyReport, RefusalReport } from '../../lib/inspector/inspector-data.js';

export type { ExplanationReport, PolicyReport, RefusalReport };

export function loadPolicies(): Promise<PolicyReport> {
  return load<PolicyReport>('policies.json');
}

export function loadExplanation(query: URLSearchParams): Promise<ExplanationReport> {
  return load<ExplanationReport>(`explanation.json?${query}`);
}

/** Undefined if nothing has changed since. */
export async function loadRefusals(since: number | undefined): Promise<RefusalReport | undefined> {
  const report = await load<RefusalReport>(`refusals.json?since=${since ?? ''}`);
  return report.revision === since ? undefined : report;
}

async function load<Report>(path: string): Promise<Report> {
  // Beside this script, wherever the application is mounted. The header is one that no page of another site can send.
  const response = await fetch(new URL(path, import.meta.url), { headers: { 'X-CORS-Inspector': '1' } });
  if (!response.ok) {
    throw new Error((await response.text()).trim() || `The server answered ${response.status}.`);
  }
  return response.json();
}
