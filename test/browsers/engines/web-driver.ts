/** The few commands of W3C WebDriver that a page with scenarios needs. @see https://www.w3.org/TR/webdriver2/ */
export class WebDriver {
  private constructor(
    private readonly session: string,
    readonly browserVersion: string,
  ) {}

  /** Waits until the driver at `url` answers, as long as `isRunning` says that there is a driver. */
  static async connect(url: string, capabilities: object, isRunning: () => boolean): Promise<WebDriver> {
    // It says nowhere that it is ready. A refused connection takes no time, so the next attempt comes as soon as it is refused.
    while (!(await answers(`${url}/status`))) {
      if (!isRunning()) {
        throw new Error('The WebDriver has ended');
      }
    }
    const { sessionId, capabilities: got } = (await command('POST', `${url}/session`, {
      capabilities: { alwaysMatch: capabilities },
    })) as { sessionId: string; capabilities: { browserVersion: string } };
    const driver = new WebDriver(`${url}/session/${sessionId}`, got.browserVersion);
    await command('POST', `${driver.session}/timeouts`, { script: 600_000 });
    return driver;
  }

  async goTo(url: string): Promise<void> {
    await command('POST', `${this.session}/url`, { url });
  }

  /** The value of an expression, awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const script = `const done = arguments[0];
      Promise.resolve(${expression}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const result = (await command('POST', `${this.session}/execute/async`, { script, args: [] })) as {
      readonly value?: unknown;
      readonly error?: string;
    };
    if (result.error !== undefined) {
      throw new Error(`In the page: ${result.error}`);
    }
    return result.value;
  }

  async quit(): Promise<void> {
    await command('DELETE', this.session);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    return response.ok;
  } catch {
    return false;
  }
}

async function command(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { readonly value: unknown };
  if (!response.ok) {
    throw new Error(`${method} ${new URL(url).pathname}: ${JSON.stringify(value)}`);
  }
  return value;
}
