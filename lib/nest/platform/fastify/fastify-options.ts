/** The description of the symbol under which a Fastify instance keeps its options. */
const OPTIONS = 'fastify.options';

/** The options that the instance was created with, functions included; undefined where Fastify does not tell. */
export function optionsOf(app: object): object | undefined {
  for (let owner: unknown = app; typeof owner === 'object' && owner !== null; owner = Object.getPrototypeOf(owner)) {
    const symbol = Object.getOwnPropertySymbols(owner).find(({ description }) => description === OPTIONS);
    const options: unknown = symbol === undefined ? undefined : Reflect.get(owner, symbol);
    if (typeof options === 'object' && options !== null) {
      return options;
    }
  }
  return undefined;
}

/**
 * Whether a request that carries what this constraint is about passes by all routes without it (`mustMatchWhenDerived`). Of
 * find-my-way's own strategies the one for versions does, and the one for hosts does not; a strategy that was added later, by
 * `addConstraintStrategy()`, is taken for one that does.
 *
 * @param hostIsAdded - whether one for hosts may have been added.
 */
export function insistsOn(app: object, constraint: string, hostIsAdded: boolean): boolean {
  const options = optionsOf(app) ?? {};
  const lists = [Reflect.get(options, 'routerOptions'), options].map((each) => propertyOf(each, 'constraints'));
  // By its own name, as find-my-way does; the key may be another one.
  const strategy = lists.flatMap(valuesOf).find((each) => propertyOf(each, 'name') === constraint);
  return strategy === undefined
    ? constraint !== 'host' || hostIsAdded
    : propertyOf(strategy, 'mustMatchWhenDerived') === true;
}

function valuesOf(list: unknown): readonly unknown[] {
  return typeof list === 'object' && list !== null ? Object.values(list) : [];
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
