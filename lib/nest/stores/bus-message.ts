import { isId } from './list-key.js';

/** What instances tell each other: a list has changed, any list may have changed, or the policies must be loaded again. */
export type BusMessage =
  { readonly kind: 'changed'; readonly id: string } | { readonly kind: 'changed-any' } | { readonly kind: 'reload' };

/** A message from the bus; `lost`: the bus itself reports that it may have lost messages. */
export type ReceivedMessage = (BusMessage & { readonly sender: string }) | { readonly kind: 'lost' };

const HEAD = '["nestjs-cors",1,';

/** Longer than any message: an id has 201 characters, and JSON writes one with up to six. */
const LONGEST = 2000;

/** JSON escapes characters that a transport may not accept: a lone surrogate, a zero. */
export function textOfMessage(message: BusMessage, sender: string): string {
  const id = message.kind === 'changed' ? [message.id] : [];
  return JSON.stringify(['nestjs-cors', 1, sender, message.kind, ...id]);
}

/** Undefined for any other value or text: others may write to the same channel. Never throws. */
export function readMessage(text: unknown): ReceivedMessage | undefined {
  if (text === '') {
    return { kind: 'lost' };
  }
  if (typeof text !== 'string' || text.length > LONGEST || !text.startsWith(HEAD)) {
    return undefined;
  }
  const parts = partsOf(text);
  const [, , sender, kind, id] = parts;
  if (typeof sender !== 'string') {
    return undefined;
  }
  if (kind === 'changed') {
    return parts.length === 5 && isId(id) ? { kind, id, sender } : undefined;
  }
  return parts.length === 4 && (kind === 'changed-any' || kind === 'reload') ? { kind, sender } : undefined;
}

function partsOf(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(text);
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
