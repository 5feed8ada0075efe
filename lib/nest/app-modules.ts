import { Scope } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';

type Module = ModulesContainer extends Map<string, infer One> ? One : never;

/** What is used of Nest's wrapper around a provider. The lists are missing where it depends on nothing. */
interface Dependent {
  readonly name: unknown;
  readonly scope?: Scope | undefined;
  getCtorMetadata(): readonly Dependent[] | undefined;
  getPropertiesMetadata(): readonly { readonly wrapper: Dependent }[] | undefined;
}

/**
 * The container of modules. Nest passes it to `instrument.instanceDecorator`, too, and the methods of a Map cannot be called on a
 * proxy or a derived object. Nest's reference to a module is not decorated, and leads to the container as well.
 */
export function readableModules(injected: ModulesContainer, ref: ModuleRef): ModulesContainer {
  if (isReadable(injected)) {
    return injected;
  }
  const container: unknown = Reflect.get(ref, 'container');
  const modules: unknown = hasModules(container) ? container.getModules() : undefined;
  if (!isReadable(modules)) {
    throw new Error(
      'nestjs-cors cannot read the modules of the application, as an instanceDecorator wraps the values of properties as well; let it return the instances of CorsModule and of ModulesContainer as they are',
    );
  }
  return modules;
}

function hasModules(container: unknown): container is { getModules(): unknown } {
  return typeof container === 'object' && container !== null && 'getModules' in container;
}

function isReadable(modules: unknown): modules is ModulesContainer {
  try {
    // A method, not the size: a proxy may read that from the Map, and then be what the method is called on.
    return modules instanceof Map && modules.values().next().done === false;
  } catch {
    return false;
  }
}

/** The module that this reference was injected into. */
export function moduleOf(modules: ModulesContainer, ref: ModuleRef): Module | undefined {
  return [...modules.values()].find(({ providers }) => providers.get(ModuleRef)?.instance === ref);
}

/**
 * Whether `LazyModuleLoader` has loaded this global module: at start Nest binds all global modules to the root module, which is
 * its second one. Nest neither configures nor initialises a module that is loaded later.
 */
export function isLoadedLate(modules: ModulesContainer, ref: ModuleRef): boolean {
  const [, root] = modules.values();
  const own = moduleOf(modules, ref);
  return root !== undefined && own !== undefined && root !== own && !root.imports.has(own);
}

/** The name of the provider that makes this one request-scoped: itself, or one that it depends on. */
export function scopedCauseOf(provider: Dependent, seen = new Set<Dependent>()): string | undefined {
  if (seen.has(provider)) {
    return undefined;
  }
  seen.add(provider);
  const dependencies: readonly Dependent[] = [
    ...(provider.getCtorMetadata() ?? []),
    ...(provider.getPropertiesMetadata() ?? []).map(({ wrapper }) => wrapper),
  ];
  for (const dependency of dependencies) {
    const cause = scopedCauseOf(dependency, seen);
    if (cause !== undefined) {
      return cause;
    }
  }
  return provider.scope === Scope.REQUEST ? String(provider.name) : undefined;
}
