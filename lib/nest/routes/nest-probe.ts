import { Controller, Get, Put, RequestMethod, Version } from '@nestjs/common';
import { ApplicationConfig, MetadataScanner, ModulesContainer, RouterModule } from '@nestjs/core';

import { hostsOf, modulePathOf, pathsOf, requestMethodOf, versionOf } from '../metadata/nest-metadata.js';
import { RoutePaths } from './route.explorer.js';

/**
 * Checks that Nest still leaves the metadata on classes and handlers that this module reads there.
 *
 * Nest's metadata keys are internal. If one of them were renamed, this module would see a controller without routes, host or
 * version, and a `@Cors(false)` on it would be silently ignored. So at each start, classes are decorated with Nest's own
 * decorators and read back like those of the app.
 *
 * @returns what does not come back as it was written.
 */
function findChanges(): readonly string[] {
  class Probe {
    read(): void {
      // Never called.
    }

    write(): void {
      // Never called.
    }
  }
  class ProbeModule {}
  const { read, write } = Probe.prototype;
  Controller({ path: 'probe', host: 'probe.example', version: '1' })(Probe);
  Get('read')(Probe.prototype, 'read', { value: read });
  Version('2')(Probe.prototype, 'read', { value: read });
  Put(['write', 'put'])(Probe.prototype, 'write', { value: write });
  const modules = new ModulesContainer();
  const routerModule = new RouterModule(modules, [{ path: 'module', module: ProbeModule }]);
  const parts = { modulePath: '/module', controllerPath: 'probe', controllerVersion: '1', methodPath: 'read' } as const;
  const paths = new RoutePaths(new ApplicationConfig());
  const checks: readonly (readonly [what: string, found: unknown, expected: unknown])[] = [
    ['the path of a controller', pathsOf(Probe), ['probe']],
    ['the host of a controller', hostsOf(Probe), ['probe.example']],
    ['the version of a controller', versionOf(Probe), '1'],
    ['the path of a handler', pathsOf(read), ['read']],
    ['the paths of a handler', pathsOf(write), ['write', 'put']],
    ['the method of a handler', [read, write].map(requestMethodOf), [RequestMethod.GET, RequestMethod.PUT]],
    ['the version of a handler', versionOf(read), '2'],
    [
      'the names of a controller’s methods',
      new MetadataScanner().getAllMethodNames(Probe.prototype),
      ['read', 'write'],
    ],
    [
      `the path of a module (${routerModule.constructor.name})`,
      modulePathOf(ProbeModule, modules.applicationId),
      '/module',
    ],
    ['the path of a route', paths.create({ ...parts, methodVersion: '2' }, RequestMethod.GET), ['/module/probe/read']],
  ];
  return checks.flatMap(([what, found, expected]) => (isEqual(found, expected) ? [] : [what]));
}

/** Throws if this version of Nest has changed the metadata by which the policies of routes are found. */
export function assertKnownNest(): void {
  const changes = findChanges();
  if (changes.length > 0) {
    throw new Error(
      `nestjs-cors does not know this version of Nest: it cannot read back ${changes.join(', ')}. Without it a policy could ` +
        'be lost, so the application does not start. Use a version of Nest that nestjs-cors supports, or a newer nestjs-cors',
    );
  }
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
