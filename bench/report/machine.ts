import { cpus, totalmem } from 'node:os';

/** What the figures were measured on; nothing that names the machine or its owner. */
export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly processor: string;
  readonly cores: number;
  readonly memory: string;
}

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
  };
}
