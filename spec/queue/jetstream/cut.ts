import { connect, type Socket } from 'node:net';
import { serveRaw, type TestServer } from '../../support/servers.js';

/** Stands between a client and a server, and can let everything fall that goes through it. */
export interface Cut {
  readonly url: string;
  /** From now on nothing comes through, and nobody is told. */
  cut(): void;
  /** New connections come through again; the old ones never do. */
  heal(): void;
  close(): Promise<void>;
}

export async function cutBefore(port: number): Promise<Cut> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const server: TestServer = await serveRaw((near) => {
    if (isCut) return; // it is accepted, and never answered
    const far = connect(port, '127.0.0.1');
    let isLost = false;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        isLost ||= isCut;
        if (!isLost) to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  return {
    url: `nats://127.0.0.1:${server.port}`,
    cut: () => {
      isCut = true;
    },
    heal: () => {
      isCut = false;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await server.close();
    },
  };
}
