/**
 * Runs one program of a page: `node stage.mjs program.mjs`. Whatever port it names, it listens on a free one of loopback, and the
 * parent is told which.
 */
import net from 'node:net';
import { pathToFileURL } from 'node:url';

const { listen } = net.Server.prototype;

net.Server.prototype.listen = function listenOnFreePort(...given) {
  const callback = given.find((one) => typeof one === 'function');
  this.once('listening', () => process.send({ port: this.address().port }));
  return listen.call(this, { port: 0, host: '127.0.0.1' }, callback);
};

process.on('disconnect', () => process.exit());
await import(pathToFileURL(process.argv[2]).href);
process.send({ done: true });
