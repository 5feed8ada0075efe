/** One message of an event stream. */
export interface StreamedEvent {
  readonly type: string;
  readonly data: string;
  readonly lastEventId: string;
}

/** What a stream sets besides its messages. */
export interface StreamState {
  /** Sent as `Last-Event-ID` when the connection is opened again. */
  lastEventId: string;
  /** Milliseconds to wait before that. */
  retry: number;
}

/** The limit of setTimeout: it fires at once for anything longer. */
const LONGEST_RETRY = 2 ** 31 - 1;

/**
 * Reads the messages of an event stream.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEvents(
  bytes: AsyncIterable<Uint8Array>,
  state: StreamState,
): AsyncGenerator<StreamedEvent, void> {
  let id = state.lastEventId;
  let type = '';
  let data: string[] = [];
  for await (const line of linesOf(bytes)) {
    if (line === '') {
      Object.assign(state, { lastEventId: id });
      if (data.length > 0) {
        yield { type: type === '' ? 'message' : type, data: data.join('\n'), lastEventId: id };
      }
      type = '';
      data = [];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') {
      data.push(value);
    } else if (field === 'event') {
      type = value;
    } else if (field === 'id' && !value.includes('\0')) {
      id = value;
    } else if (field === 'retry' && /^\d+$/.test(value)) {
      Object.assign(state, { retry: Math.min(Number(value), LONGEST_RETRY) });
    }
  }
}

/** Text after the last line break is not a line, and is dropped. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  // It leaves out the byte order mark at the beginning.
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the end may have its line feed in the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  const lines = rest.split('\r');
  yield* lines.slice(0, -1);
}
