import { startNats, type NatsServer } from './nats.js';
import { closedPort } from './servers.js';

/** Servers that store together. */
export interface NatsCluster {
  readonly urls: readonly string[];
  /** The one that calls itself so, as in what is told of a stream. */
  named(name: string): NatsServer;
  stop(): Promise<void>;
}

/** Starts so many on this machine. They need some seconds to choose who leads. */
export async function startNatsCluster(size: number): Promise<NatsCluster> {
  const ports = await Promise.all(Array.from({ length: size }, () => closedPort()));
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const servers = new Map<string, NatsServer>();
  await Promise.all(
    ports.map(async (port, at) => {
      const cluster = `cluster { name: test, listen: "127.0.0.1:${port}", routes: [ ${routes} ] }`;
      servers.set(`server-${at}`, await startNats(`server_name: server-${at}\n${cluster}`));
    }),
  );
  const all = [...servers.values()];
  return {
    urls: all.map(({ url }) => url),
    named: (name) => {
      const server = servers.get(name);
      if (!server) throw new Error(`There is no ${name}`);
      return server;
    },
    stop: async () => {
      await Promise.all(all.map((server) => server.stop()));
    },
  };
}
