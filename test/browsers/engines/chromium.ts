/** Where Debian's Chromium is; empty where it is not installed. */
import { execFileSync } from 'node:child_process';

export function findChromium(): string {
  try {
    return execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
